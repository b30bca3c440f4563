; SPDX-License-Identifier: BSD-2-Clause-Patent
;
; The first SMI of each CPU, at the default SMBASE: writes the CPU's new SMBASE into its save state. smbase.c copies
; this to SMBASE + 0x8000; what it reads and writes is struct mm_q35_smbase_block at offset 8 of it. One CPU at a time.
        default rel

HANDLER         equ 0x8000
BLOCK           equ HANDLER + 8
BLOCK_SMBASE    equ BLOCK
BLOCK_REVISION  equ BLOCK + 4
BLOCK_APIC_ID   equ BLOCK + 8
BLOCK_ARRIVALS  equ BLOCK + 12
STATE_REVISION  equ 0xfefc
STATE_SMBASE    equ 0xff00              ; in the AMD64 layout
AMD64_LAYOUT    equ 0x64

        section .rdata align=16
        global mm_q35_smbase_handler, mm_q35_smbase_handler_end
        bits 16
mm_q35_smbase_handler:
        jmp short .handler
        times 8 + 16 - ($ - mm_q35_smbase_handler) db 0
.handler:
        mov eax, 1
        cpuid
        shr ebx, 24
        mov [cs:BLOCK_APIC_ID], ebx
        mov eax, [cs:STATE_REVISION]
        mov [cs:BLOCK_REVISION], eax
        cmp ax, AMD64_LAYOUT            ; in another layout the slot lies elsewhere: leave it alone
        jne .leave
        mov eax, [cs:BLOCK_SMBASE]
        mov [cs:STATE_SMBASE], eax
.leave:
        lock inc dword [cs:BLOCK_ARRIVALS]
        rsm
mm_q35_smbase_handler_end:

; What stays behind when the default SMBASE is closed: a CPU that is added later and takes an SMI there just leaves.
        global mm_q35_smbase_rest, mm_q35_smbase_rest_end
mm_q35_smbase_rest:
        rsm
mm_q35_smbase_rest_end:
