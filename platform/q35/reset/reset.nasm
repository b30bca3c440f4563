; SPDX-License-Identifier: BSD-2-Clause-Patent
;
; The content of the Volume Top File: the IPL's PE image, then this stub, then the reset vector in the last 16 bytes.
; The file ends where the address space below 4 GiB ends, so every address is counted from its end.
;
;   nasm -f bin -D VOLUME_BYTES=<size of the volume> reset.nasm     (ipl.efi on the include path)
;
; Inputs: the state of a processor after reset. Leaves in 64-bit mode, interrupts off, no stack, RCX = address of the
; volume, the first 4 GiB mapped one to one, writable and executable; whoever comes next sets what it needs.

PAGE_TABLES     equ 0x10000             ; PML4, PDPT, four page directories
PAGE_TABLE_COUNT equ 6
SELECTOR_CODE32 equ 0x08
SELECTOR_CODE64 equ 0x10                ; the selectors that the Linux boot protocol asks for
SELECTOR_DATA   equ 0x18
DEBUG_PORT      equ 0x402
EXIT_PORT       equ 0xf4
EXIT_FATAL      equ 0x7f

MSR_APIC_BASE   equ 0x1b
MSR_EFER        equ 0xc0000080
EFER_LME_NXE    equ 0x900
CR4_BITS        equ 0x620               ; PAE, OSFXSR, OSXMMEXCPT
CR0_BITS        equ 0x80010023          ; PG, WP, NE, MP, PE

; Fields of the PE32+ headers, from the signature.
PE_SECTION_COUNT equ 6
PE_OPTIONAL_BYTES equ 20
PE_OPTIONAL     equ 24
PE_MAGIC        equ PE_OPTIONAL
PE_ENTRY        equ PE_OPTIONAL + 16
PE_IMAGE_BASE   equ PE_OPTIONAL + 24
PE_IMAGE_BYTES  equ PE_OPTIONAL + 56
PE_HEADER_BYTES equ PE_OPTIONAL + 60
SECTION_BYTES   equ 40
SECTION_VIRTUAL_BYTES equ 8
SECTION_ADDRESS equ 12
SECTION_RAW_BYTES equ 16
SECTION_RAW     equ 20

%define LINEAR(label) (0x100000000 - (end - label))
%define IN_CS(label) (0x10000 - (end - label))

        bits 64
image:  incbin "ipl.efi"
        align 4096, db 0xff

        bits 16
start16:
        cli
        cld
        mov ecx, MSR_APIC_BASE          ; a parked AP that took an SMI comes here after RSM: it must not boot again
        rdmsr
        test ah, 1
        jnz .is_bsp
.park:  hlt
        jmp .park
.is_bsp:
        mov si, IN_CS(text_no_long_mode)
        mov eax, 0x80000000
        cpuid
        cmp eax, 0x80000001
        jb fatal16
        mov eax, 0x80000001
        cpuid
        and edx, 0x20100000             ; long mode, no-execute
        cmp edx, 0x20100000
        jne fatal16
        o32 lgdt [cs:IN_CS(gdt_pointer)]
        mov eax, cr0
        and eax, 0x9fffffff             ; caches on
        or al, 1
        mov cr0, eax
        jmp dword SELECTOR_CODE32:LINEAR(start32)

; SI = text in CS that ends with a zero. Stops the run.
fatal16:
        mov dx, DEBUG_PORT
.next:  cs lodsb
        test al, al
        jz .stop
        out dx, al
        jmp .next
.stop:  mov dx, EXIT_PORT
        mov eax, EXIT_FATAL
        out dx, eax
.halt:  hlt
        jmp .halt

        bits 32
start32:
        mov ax, SELECTOR_DATA
        mov ds, ax
        mov es, ax
        mov ss, ax
        xor eax, eax
        mov edi, PAGE_TABLES
        mov ecx, PAGE_TABLE_COUNT * 1024
        rep stosd
        mov dword [PAGE_TABLES], PAGE_TABLES + 0x1000 + 3
        mov eax, PAGE_TABLES + 0x2000 + 3
        mov edi, PAGE_TABLES + 0x1000
        mov ecx, 4
.directory:
        mov [edi], eax
        add eax, 0x1000
        add edi, 8
        loop .directory
        mov eax, 0x83                   ; present, writable, 2 MiB
        mov edi, PAGE_TABLES + 0x2000
        mov ecx, 2048
.leaf:  mov [edi], eax
        add eax, 0x200000
        add edi, 8
        loop .leaf
        mov eax, CR4_BITS
        mov cr4, eax
        mov eax, PAGE_TABLES
        mov cr3, eax
        mov ecx, MSR_EFER
        mov eax, EFER_LME_NXE
        xor edx, edx
        wrmsr
        mov eax, CR0_BITS
        mov cr0, eax
        jmp SELECTOR_CODE64:LINEAR(start64)

        bits 64
start64:
        mov eax, SELECTOR_DATA
        mov ds, eax
        mov es, eax
        mov ss, eax
        mov fs, eax
        mov gs, eax
        ; The build made this image, so its headers are believed.
        mov esi, LINEAR(image)
        mov r8, rsi
        mov ebx, [r8 + 0x3c]
        add rbx, r8                     ; RBX: PE signature
        mov r9, [rbx + PE_IMAGE_BASE]
        mov rdi, r9
        mov ecx, [rbx + PE_IMAGE_BYTES]
        shr ecx, 3
        xor eax, eax
        rep stosq
        mov rdi, r9
        mov ecx, [rbx + PE_HEADER_BYTES]
        rep movsb
        movzx edx, word [rbx + PE_SECTION_COUNT]
        movzx ebp, word [rbx + PE_OPTIONAL_BYTES]
        lea rbp, [rbx + rbp + PE_OPTIONAL]
.section:
        mov ecx, [rbp + SECTION_RAW_BYTES]
        mov eax, [rbp + SECTION_VIRTUAL_BYTES]
        cmp ecx, eax
        cmova ecx, eax
        mov esi, [rbp + SECTION_RAW]
        add rsi, r8
        mov edi, [rbp + SECTION_ADDRESS]
        add rdi, r9
        rep movsb
        add rbp, SECTION_BYTES
        dec edx
        jnz .section
        mov eax, [rbx + PE_ENTRY]
        add rax, r9
        mov ecx, (0x100000000 - VOLUME_BYTES)
        jmp rax

        align 8, db 0xff
gdt:    dq 0
        dq 0x00cf9b000000ffff           ; 0x08 code, 32 bits
        dq 0x00af9b000000ffff           ; 0x10 code, 64 bits
        dq 0x00cf93000000ffff           ; 0x18 data
gdt_end:
gdt_pointer:
        dw gdt_end - gdt - 1
        dd LINEAR(gdt)
text_no_long_mode:
        db "ipl: fatal: the processor lacks long mode or no-execute pages", 10, 0

        ; The stub and the vector fill one page, so that the image before it stays page-aligned.
        times 4096 - 16 - ($ - start16) db 0xff
        bits 16
vector: jmp near start16
        times 16 - ($ - vector) db 0xff
end:
