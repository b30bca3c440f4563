; SPDX-License-Identifier: BSD-2-Clause-Patent
;
; The stack cookie that -fstack-protector-strong uses on this target: a function with a buffer stores cookie ^ RSP in
; its frame and passes it back, un-xored, to __security_check_cookie before it returns.

default rel

%ifidn __?OUTPUT_FORMAT?__, elf64
section .note.GNU-stack noalloc noexec nowrite progbits
%endif

; Also the answer to a seed of zero: never a cookie that zeroed memory would match.
COOKIE_DEFAULT	equ 0x00002b992ddfa232

section .data
global __security_cookie
align 8
__security_cookie:
	dq	COOKIE_DEFAULT

section .text
extern mm_image_stack_smashed

; RCX: what the frame held. All registers preserved when it matches, as the compiler expects; otherwise does not
; return.
global __security_check_cookie
align 16
__security_check_cookie:
	cmp	rcx, [__security_cookie]
	jne	.smashed
	ret
.smashed:
	jmp	mm_image_stack_smashed

; RCX: entropy. The top 16 bits stay zero, so that a string overflow cannot write the whole cookie.
global mm_image_seed_stack_cookie
align 16
mm_image_seed_stack_cookie:
	shl	rcx, 16
	shr	rcx, 16
	jnz	.store
	mov	rcx, COOKIE_DEFAULT
.store:
	mov	[__security_cookie], rcx
	ret
