; SPDX-License-Identifier: BSD-2-Clause-Patent
;
; The one place at which the supervisor enters this image (mm/abi/user.h):
;   rbx = 0: a command in r10, its arguments in rdx and r8
;   else:    a driver's function to call with r10, rdx, r8, r9
; on a fresh stack, rsp 16-byte aligned. Ends with the RETURN call; never returns.

	default rel
	bits 64

	extern mm_user_command
	extern mm_image_seed_stack_cookie

SYS_RETURN equ 0x20001

	section .text

	global mm_user_entry
mm_user_entry:
	mov rcx, r10
	sub rsp, 32			; register home area
	test rbx, rbx
	jz .command
	call rbx
	jmp .return
.command:
	test rcx, rcx
	jnz .seeded
	mov r12, rdx			; START comes once, before any C code of this image
	mov r13, r8
	rdtsc
	shl rdx, 32
	or rax, rdx
	mov rcx, rax
	call mm_image_seed_stack_cookie
	xor ecx, ecx
	mov rdx, r12
	mov r8, r13
.seeded:
	call mm_user_command
.return:
	mov rdx, rax
	mov eax, SYS_RETURN
	syscall
	ud2
