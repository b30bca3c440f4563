; SPDX-License-Identifier: BSD-2-Clause-Patent
;
; The 64-bit entry of Linux: RSI = boot_params, interrupts off, CS 0x10 and data segments 0x18 as they are since reset.
        default rel
        bits 64
        section .text

; void mm_q35_linux_jump(uint64_t entry, uint64_t boot_params); does not return.
        global mm_q35_linux_jump
mm_q35_linux_jump:
        cli
        cld
        mov rsi, rdx
        xor eax, eax
        xor ebx, ebx
        xor ebp, ebp
        xor edi, edi
        jmp rcx
