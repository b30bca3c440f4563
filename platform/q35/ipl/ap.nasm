; SPDX-License-Identifier: BSD-2-Clause-Patent
;
; Where an application processor begins: 16-bit code that processors.c copies to the page of the SIPI vector. What it
; needs lies in a data block at offset 8 of that page (struct mm_q35_ap_block), filled before the first SIPI.
        default rel

PAGE            equ 0x8000
BLOCK           equ PAGE + 8
BLOCK_GDT       equ BLOCK               ; limit, base: six bytes
BLOCK_CR3       equ BLOCK + 8
BLOCK_CR4       equ BLOCK + 12
BLOCK_ARRIVALS  equ BLOCK + 16
BLOCK_COUNT     equ BLOCK + 20
BLOCK_STACKS    equ BLOCK + 24
BLOCK_MAIN      equ BLOCK + 32
STACK_BYTES     equ 4096
SELECTOR_CODE   equ 0x10
SELECTOR_DATA   equ 0x18
MSR_EFER        equ 0xc0000080
EFER_LME_NXE    equ 0x900
CR0_BITS        equ 0x80010023          ; PG, WP, NE, MP, PE

        section .rdata align=16
        global mm_q35_ap_start, mm_q35_ap_start_end
        bits 16
mm_q35_ap_start:
        jmp short .real
        times 8 + 40 - ($ - mm_q35_ap_start) db 0
.real:
        cli
        cld
        xor ax, ax
        mov ds, ax
        o32 lgdt [BLOCK_GDT]
        mov eax, [BLOCK_CR4]
        mov cr4, eax
        mov eax, [BLOCK_CR3]
        mov cr3, eax
        mov ecx, MSR_EFER
        mov eax, EFER_LME_NXE
        xor edx, edx
        wrmsr
        mov eax, CR0_BITS               ; real mode straight to long mode
        mov cr0, eax
        jmp dword SELECTOR_CODE:(PAGE + (.long_mode - mm_q35_ap_start))
        bits 64
.long_mode:
        mov eax, SELECTOR_DATA
        mov ds, eax
        mov es, eax
        mov ss, eax
        mov fs, eax
        mov gs, eax
        ; The order of arrival decides over the stack and nothing else.
        mov ecx, 1
        lock xadd [abs BLOCK_ARRIVALS], ecx
        cmp ecx, [abs BLOCK_COUNT]
        jae .surplus
        mov rsp, [abs BLOCK_STACKS]
        lea eax, [rcx + 1]
        shl eax, 12                     ; STACK_BYTES
        add rsp, rax
        sub rsp, 32
        call [abs BLOCK_MAIN]           ; RCX = slot; does not return
.surplus:
        cli
        hlt
        jmp .surplus
mm_q35_ap_start_end:

        section .text
        bits 64
; void mm_q35_sleep(void): waits for the next interrupt; one that came since CLI is not missed. Returns with IF clear.
        global mm_q35_sleep
mm_q35_sleep:
        sti
        hlt
        cli
        ret

        section .bss align=4096
        global mm_q35_ap_stacks
mm_q35_ap_stacks:
        resb STACK_BYTES * 64
