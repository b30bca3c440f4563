; SPDX-License-Identifier: BSD-2-Clause-Patent
;
; Exception entries 0..31 and the wake interrupt. All run on the stack of whatever was interrupted.
        default rel
        bits 64
        section .text

; One entry: pushes an error code where the CPU pushes none, then the vector.
%macro ENTRY 1
        align 16
%if %1 = 8 || (%1 >= 10 && %1 <= 14) || %1 = 17 || %1 = 21 || %1 = 29 || %1 = 30
        nop
        nop
%else
        push 0
%endif
        push %1
        jmp enter_c
%endmacro

; Sixteen bytes each, in the order of the vectors.
        align 16
        global mm_q35_trap_entries
mm_q35_trap_entries:
%assign vector 0
%rep 32
        ENTRY vector
%assign vector vector + 1
%endrep

; Stack here, upwards: vector, error code, RIP, CS, RFLAGS, RSP, SS. struct mm_q35_trap_frame lies right below.
        extern mm_q35_trap
        align 16
enter_c:
        push rax
        push rcx
        push rdx
        push rbx
        push rbp
        push rsi
        push rdi
        push r8
        push r9
        push r10
        push r11
        push r12
        push r13
        push r14
        push r15
        mov rcx, rsp
        mov rbx, rsp
        and rsp, -16
        sub rsp, 32
        cld
        call mm_q35_trap
        mov rsp, rbx
        pop r15
        pop r14
        pop r13
        pop r12
        pop r11
        pop r10
        pop r9
        pop r8
        pop rdi
        pop rsi
        pop rbp
        pop rbx
        pop rdx
        pop rcx
        pop rax
        add rsp, 16
        iretq

; The wake interrupt: nothing but end-of-interrupt to the local APIC; what there is to do is found in memory.
LAPIC_EOI equ 0xfee000b0
        align 16
        global mm_q35_wake_entry
mm_q35_wake_entry:
        push rax
        mov eax, LAPIC_EOI
        mov dword [rax], 0
        pop rax
        iretq
