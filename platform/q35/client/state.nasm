; SPDX-License-Identifier: BSD-2-Clause-Patent
;
; An SMI between two pictures of the registers (struct mm_q35_register_image).
        default rel
        bits 64

FX      equ 0
GENERAL equ 512
FLAGS   equ GENERAL + 15 * 8
SMI_COMMAND_PORT equ 0xb2

        section .text

; RCX = image to load, RDX = image to store; the second parameter: raise an SMI between. Keeps the non-volatile registers; those of
; SSE are not in use by anyone.
%macro STATE_FUNCTION 2
        global %1
%1:
        push rbx
        push rbp
        push rsi
        push rdi
        push r12
        push r13
        push r14
        push r15
        pushfq
        push rdx
        fxrstor64 [rcx + FX]
        push qword [rcx + FLAGS]
        popfq
        mov rax, [rcx + GENERAL + 0 * 8]
        mov rbx, [rcx + GENERAL + 1 * 8]
        mov rdx, [rcx + GENERAL + 3 * 8]
        mov rsi, [rcx + GENERAL + 4 * 8]
        mov rdi, [rcx + GENERAL + 5 * 8]
        mov rbp, [rcx + GENERAL + 6 * 8]
        mov r8, [rcx + GENERAL + 7 * 8]
        mov r9, [rcx + GENERAL + 8 * 8]
        mov r10, [rcx + GENERAL + 9 * 8]
        mov r11, [rcx + GENERAL + 10 * 8]
        mov r12, [rcx + GENERAL + 11 * 8]
        mov r13, [rcx + GENERAL + 12 * 8]
        mov r14, [rcx + GENERAL + 13 * 8]
        mov r15, [rcx + GENERAL + 14 * 8]
        mov rcx, [rcx + GENERAL + 2 * 8]
%if %2
        out SMI_COMMAND_PORT, al
        jmp %%after                     ; an emulator takes the SMI here at the latest
%%after:
%endif
        pushfq
        push rcx
        mov rcx, [rsp + 16]
        fxsave64 [rcx + FX]
        mov [rcx + GENERAL + 0 * 8], rax
        mov [rcx + GENERAL + 1 * 8], rbx
        mov [rcx + GENERAL + 3 * 8], rdx
        mov [rcx + GENERAL + 4 * 8], rsi
        mov [rcx + GENERAL + 5 * 8], rdi
        mov [rcx + GENERAL + 6 * 8], rbp
        mov [rcx + GENERAL + 7 * 8], r8
        mov [rcx + GENERAL + 8 * 8], r9
        mov [rcx + GENERAL + 9 * 8], r10
        mov [rcx + GENERAL + 10 * 8], r11
        mov [rcx + GENERAL + 11 * 8], r12
        mov [rcx + GENERAL + 12 * 8], r13
        mov [rcx + GENERAL + 13 * 8], r14
        mov [rcx + GENERAL + 14 * 8], r15
        pop qword [rcx + GENERAL + 2 * 8]
        pop qword [rcx + FLAGS]
        pop rdx
        popfq
        pop r15
        pop r14
        pop r13
        pop r12
        pop rdi
        pop rsi
        pop rbp
        pop rbx
        ret
%endmacro

; void mm_q35_state_smi(const struct mm_q35_register_image *before, struct mm_q35_register_image *after);
        STATE_FUNCTION mm_q35_state_smi, 1

; void mm_q35_state_no_smi(const struct mm_q35_register_image *before, struct mm_q35_register_image *after);
        STATE_FUNCTION mm_q35_state_no_smi, 0
