; SPDX-License-Identifier: BSD-2-Clause-Patent
;
; Ring 3's way to the supervisor (mm/abi/syscall_list.h): RAX number, RDX, R8, R9 arguments, result in RAX. SYSCALL
; itself destroys RCX and R11, which the Microsoft x64 convention lets a call destroy too.

default rel

%ifidn __?OUTPUT_FORMAT?__, elf64
section .note.GNU-stack noalloc noexec nowrite progbits
%endif

SYS_INVOKE	equ 0x20000
SYS_RETURN	equ 0x20001

section .text

; RCX number, RDX, R8, R9 arguments; RAX result.
global mm_hal_ring3_syscall
align 16
mm_hal_ring3_syscall:
	mov	rax, rcx
	syscall
	ret

; RCX where the second result (RDX) goes, RDX number; RAX result. For calls without arguments.
global mm_hal_ring3_syscall_pair
align 16
mm_hal_ring3_syscall_pair:
	push	rcx
	mov	rax, rdx
	syscall
	pop	rcx
	mov	[rcx], rdx
	ret

; RCX module, RDX entry, R8 const uint64_t arguments[4], R9 where the value goes; RAX EFI_STATUS. The supervisor
; resumes here with every register but RAX, RCX, RDX, R11 as at the call.
global mm_hal_ring3_invoke
align 16
mm_hal_ring3_invoke:
	push	r12
	push	r13
	push	r9
	mov	rax, rdx
	mov	rdx, rcx
	mov	r9, [r8]
	mov	r10, [r8 + 8]
	mov	r12, [r8 + 16]
	mov	r13, [r8 + 24]
	mov	r8, rax
	mov	eax, SYS_INVOKE
	syscall
	pop	r9
	pop	r13
	pop	r12
	mov	[r9], rdx
	ret

; RCX value; does not return.
global mm_hal_ring3_return
align 16
mm_hal_ring3_return:
	mov	rdx, rcx
	mov	eax, SYS_RETURN
	syscall
	ud2
