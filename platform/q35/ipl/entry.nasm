; SPDX-License-Identifier: BSD-2-Clause-Patent
;
; Where the reset stub jumps to, and the descriptor table that every CPU of the IPL uses. Its selectors are those of
; the Linux boot protocol: 0x10 code, 0x18 data.
        default rel
        bits 64

CPUID_RDRAND    equ 1 << 30

        section .text

; Entered once, on the BSP, without a stack. RCX = address of the volume.
        global mm_q35_entry
        extern mm_q35_main, mm_image_seed_stack_cookie
mm_q35_entry:
        lea rsp, [boot_stack_top]
        mov r12, rcx
        lgdt [mm_q35_gdt_pointer]
        mov eax, 1
        cpuid
        rdtsc
        shl rdx, 32
        or rdx, rax
        mov r13, rdx
        test ecx, CPUID_RDRAND
        jz .seeded
        rdrand rax
        xor r13, rax                    ; a failed RDRAND gives zero, which takes nothing away
.seeded:
        sub rsp, 32
        mov rcx, r13
        call mm_image_seed_stack_cookie
        mov rcx, r12
        call mm_q35_main
.halt:  cli
        hlt
        jmp .halt

        section .data align=16
        align 8
        global mm_q35_gdt
mm_q35_gdt:
gdt:    dq 0
        dq 0x00cf9b000000ffff           ; 0x08 code, 32 bits
        dq 0x00af9b000000ffff           ; 0x10 code, 64 bits
        dq 0x00cf93000000ffff           ; 0x18 data
        dq 0, 0                         ; 0x20 task state, filled by traps.c
gdt_end:
        align 8
        global mm_q35_gdt_pointer
mm_q35_gdt_pointer:
        dw gdt_end - gdt - 1
        dq gdt

        section .bss align=4096
        global mm_q35_boot_stack_guard
mm_q35_boot_stack_guard:                ; made absent by paging.c
        resb 4096
        resb 0x10000
boot_stack_top:
