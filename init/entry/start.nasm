; SPDX-License-Identifier: BSD-2-Clause-Patent
;
; The image's entry point. Before any function with a stack cookie runs, the cookie is seeded; nothing else is done here.

default rel

%define CPUID_FEATURES     1
%define FEATURE_RDRAND_BIT 30           ; of ECX
%define RDRAND_ATTEMPTS    16

section .text

extern mm_image_seed_stack_cookie
extern mm_init_main

; EFI_STATUS mm_init_entry(RCX = HOB list), called by the IPL: long mode, RSP 16-byte aligned before the call, IF clear,
; any stack. Microsoft x64 convention: RBX and RDI are preserved.
global mm_init_entry
align 16
mm_init_entry:
        push    rbx
        push    rdi
        sub     rsp, 0x28
        mov     rdi, rcx
        mov     eax, CPUID_FEATURES
        xor     ecx, ecx
        cpuid
        mov     r9d, ecx
        rdtsc
        shl     rdx, 32
        or      rax, rdx
        mov     r8, rax
        bt      r9d, FEATURE_RDRAND_BIT
        jnc     .seed
        mov     ecx, RDRAND_ATTEMPTS
.again: rdrand  rax
        jc      .mix
        dec     ecx
        jnz     .again
        jmp     .seed
.mix:   xor     r8, rax
.seed:  mov     rcx, r8
        call    mm_image_seed_stack_cookie
        mov     rcx, rdi
        call    mm_init_main
        add     rsp, 0x28
        pop     rdi
        pop     rbx
        ret

section .rdata

; The MMI entry, assembled on its own: it runs elsewhere.
global mm_init_mmi_entry_blob
global mm_init_mmi_entry_blob_end
align 16
mm_init_mmi_entry_blob:
        incbin  "mmi_entry.bin"
mm_init_mmi_entry_blob_end:
