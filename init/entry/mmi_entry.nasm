; SPDX-License-Identifier: BSD-2-Clause-Patent
;
; The MMI entry, one copy per CPU at SMBASE + 0x8000 (nasm -f bin). Position independent, never patched: all that
; differs between CPUs lies in the data at its end, which init fills in once (init/src/mmi_entry.c) and whose layout is
; mm/abi/mmi_entry.h. The page is mapped readable and executable, not writable.
;
; On arrival (SMI): real-mode addressing with 4 GiB limits, CS base = SMBASE, the other bases 0, paging off, interrupts
; off, NMIs blocked; every general register is in the save state and may be clobbered. CR4 is 0.
; On departure: RSM, with x87/SSE state and MISC_ENABLE as they were.
;
; Ring-0 stack, FIX32_STACK = S, 16-byte aligned, two slots below the end of the stack pages:
;
;     S + 8     unused
;     S         CPU index (written by init)
;     S - 0x200 FXSAVE64 image of the interrupted context
;     S - 0x220 register home area of the call; return address below it

        org     0

%define AT(label) (0x8000 + (label) - start)
%define CR0_PAGED_NO_WP 0x80000033      ; PG, NE, ET, MP, PE: caches on, emulation off
%define CR0_PAGED_WP    0x80010033
%define CR4_MCE         0x40
%define EFER            0xC0000080
%define EFER_NX_LM_SCE  0x901
%define MISC_ENABLE     0x1A0
%define MISC_XD_DISABLE 4               ; bit 34, in EDX
%define SEL_CODE64      0x38
%define SEL_DATA64      0x40
%define SEL_TSS         0x70
%define TSS_TYPE_BYTE   (SEL_TSS + 5)
%define TSS_NOT_BUSY    0xFD

%macro LEAD_NOWHERE 0
        call    %%after
%%trap: pause
        lfence
        jmp     %%trap
%%after:
%endmacro

        bits    16
start:
        mov     eax, [cs:AT(fix32_gdtr)]
        o32 a32 lgdt [eax]
        ; Without MCE: there is no interrupt table yet, and a machine check would be a silent shutdown.
        mov     eax, [cs:AT(cr4_value)]
        and     eax, ~CR4_MCE
        mov     cr4, eax
        mov     eax, [cs:AT(fix32_cr3)]
        mov     cr3, eax
        ; The OS may have switched NX off (Intel); EFER.NXE would fault. EBP keeps what it chose.
        xor     ebp, ebp
        cmp     byte [cs:AT(fix8_misc_enable)], 0
        je      .nx_usable
        mov     ecx, MISC_ENABLE
        rdmsr
        mov     ebp, edx
        test    dl, MISC_XD_DISABLE
        jz      .nx_usable
        and     dl, ~MISC_XD_DISABLE
        wrmsr
.nx_usable:
        mov     ecx, EFER
        mov     eax, EFER_NX_LM_SCE
        xor     edx, edx
        wrmsr
        mov     eax, CR0_PAGED_NO_WP
        mov     cr0, eax
        jmp     dword far [cs:AT(far_pointer)]

        bits    64
        default rel
in_long_mode:
        mov     eax, SEL_DATA64
        mov     ds, eax
        mov     es, eax
        mov     ss, eax
        mov     esp, [fix32_stack]
        ; CR0.WP is still clear: the descriptor page is read-only to all later code, LTR writes its busy bit.
        mov     eax, [fix32_gdtr]
        mov     rax, [rax + 2]
        and     byte [rax + TSS_TYPE_BYTE], TSS_NOT_BUSY
        mov     eax, SEL_TSS
        ltr     ax
        ; An SMI leaves LDTR as the OS set it, and its table could lie in a channel: a call gate there would be a door to
        ; ring 0. No selector of an LDT is valid from here on; RSM brings the OS's back.
        xor     eax, eax
        lldt    ax
        mov     eax, CR0_PAGED_WP
        mov     cr0, rax
        mov     rax, [fix64_idtr]
        lidt    [rax]
        mov     eax, [cr4_value]
        mov     cr4, rax

        mov     rcx, [rsp]
        mov     rdx, [fix64_hob]
        sub     rsp, 0x200
        fxsave64 [rsp]
        sub     rsp, 0x20
        call    [fix64_rendezvous]
        add     rsp, 0x20
        fxrstor64 [rsp]

        test    ebp, MISC_XD_DISABLE
        jz      .nx_restored
        mov     ecx, MISC_ENABLE
        rdmsr
        or      dl, MISC_XD_DISABLE
        wrmsr
.nx_restored:
        cmp     byte [fix8_refill], 0
        je      .leave
        ; Fill the return stack buffer with 32 entries that lead nowhere, so that no RET of the interrupted context is
        ; predicted into MM.
        mov     rbx, rsp
%rep 32
        LEAD_NOWHERE
%endrep
        mov     rsp, rbx
.leave: rsm

; What init fills in, found by C through fix_struct below and by nothing else.
        align   8, db 0
far_pointer:
        dd      0                       ; linear address of in_long_mode
        dw      SEL_CODE64
        dw      0
cr4_value:
        dd      0
in_long_mode_offset:
        dd      in_long_mode - start

; The fix-up block, revision 5 (mm/abi/mmi_entry.h).
        align   8, db 0
fix_block:
        dd      5                       ; header version
        db      fix_struct - fix_block, 4
        db      fix64 - fix_block, 7
        db      fix32 - fix_block, 7
        db      fix8 - fix_block, 8
        dw      0x0200                  ; binary version
        dd      1                       ; security patch level
        dd      0
fix_struct:
        dw      6, far_pointer - start
        dw      4, cr4_value - start
        dw      4, in_long_mode_offset - start
        dw      0, 0
fix64:  dq      0, 0                    ; debug entry, exit
fix64_rendezvous:
        dq      0
        dq      0, 0                    ; XD, CET
fix64_idtr:
        dq      0
fix64_hob:
        dq      0
fix32:  dd      0                       ; CET
fix32_gdtr:
        dd      0
fix32_cr3:
        dd      0
        dd      0, 0                    ; CET
fix32_stack:
        dd      0
fix32_smbase:
        dd      0
fix8:   db      0                       ; XD supported
fix8_misc_enable:
        db      0
        db      0                       ; 5-level paging
        db      0                       ; CET
fix8_refill:
        db      0                       ; ours: refill the return stack buffer before leaving
        times 3 db 0
fix_end:
        dd      fix_end - fix_block
%if fix_end - fix_block != 130
%error the fix-up block of revision 5 has 130 bytes
%endif
