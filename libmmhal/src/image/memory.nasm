; SPDX-License-Identifier: BSD-2-Clause-Patent
;
; memcpy, memmove, memset, memcmp for images. Microsoft x64 convention, leaf routines without stack use, direction
; flag clear on entry and exit, no SSE. REP works on 8 bytes per iteration, because emulators (and the budgets that are
; counted on them) charge one instruction per iteration; ends are covered by one overlapping access.

default rel

%ifidn __?OUTPUT_FORMAT?__, elf64
section .note.GNU-stack noalloc noexec nowrite progbits
%endif

section .text

; RCX to, RDX from, R8 bytes; RAX = to. Overlap is fine for both names: every path loads before it overwrites.
global memcpy
global memmove
align 16
memcpy:
memmove:
	mov	rax, rcx
	cmp	r8, 32
	ja	.long
	cmp	r8, 16
	ja	.upto32
	cmp	r8, 8
	jae	.upto16
	cmp	r8, 4
	jae	.upto7
	test	r8, r8
	jz	.done
	; 1..3: first, middle (bytes / 2) and last byte
	movzx	r9d, byte [rdx]
	movzx	r10d, byte [rdx + r8 - 1]
	mov	r11, r8
	shr	r11, 1
	movzx	edx, byte [rdx + r11]
	mov	[rcx], r9b
	mov	[rcx + r11], dl
	mov	[rcx + r8 - 1], r10b
.done:
	ret
.upto7:
	mov	r9d, [rdx]
	mov	r10d, [rdx + r8 - 4]
	mov	[rcx], r9d
	mov	[rcx + r8 - 4], r10d
	ret
.upto16:
	mov	r9, [rdx]
	mov	r10, [rdx + r8 - 8]
	mov	[rcx], r9
	mov	[rcx + r8 - 8], r10
	ret
.upto32:
	mov	r9, [rdx]
	mov	r10, [rdx + 8]
	mov	r11, [rdx + r8 - 16]
	mov	rdx, [rdx + r8 - 8]
	mov	[rcx], r9
	mov	[rcx + 8], r10
	mov	[rcx + r8 - 16], r11
	mov	[rcx + r8 - 8], rdx
	ret
.long:
	mov	r9, rcx
	sub	r9, rdx
	cmp	r9, r8
	jb	.backward	; the target starts inside the source
	mov	r9, [rdx + r8 - 8]
	mov	r10, rdi
	mov	r11, rsi
	mov	rdi, rcx
	mov	rsi, rdx
	mov	rcx, r8
	shr	rcx, 3
	rep	movsq
	mov	[rax + r8 - 8], r9
	mov	rdi, r10
	mov	rsi, r11
	ret
.backward:
	mov	r9, [rdx]
.next:
	mov	r10, [rdx + r8 - 8]
	mov	[rcx + r8 - 8], r10
	sub	r8, 8
	cmp	r8, 8
	ja	.next
	mov	[rcx], r9
	ret

; RCX to, DL value, R8 bytes; RAX = to.
global memset
align 16
memset:
	mov	rax, rcx
	movzx	edx, dl
	mov	r9, 0x0101010101010101
	imul	rdx, r9
	cmp	r8, 8
	jb	.short
	mov	[rcx + r8 - 8], rdx
	cmp	r8, 32
	ja	.long
	mov	[rcx], rdx
	cmp	r8, 16
	jbe	.done
	mov	[rcx + 8], rdx
	mov	[rcx + r8 - 16], rdx
.done:
	ret
.long:
	mov	r9, rcx
	mov	r10, rdi
	mov	rdi, rcx
	mov	rax, rdx
	mov	rcx, r8
	shr	rcx, 3
	rep	stosq
	mov	rdi, r10
	mov	rax, r9
	ret
.short:
	cmp	r8, 4
	jb	.tiny
	mov	[rcx], edx
	mov	[rcx + r8 - 4], edx
	ret
.tiny:
	test	r8, r8
	jz	.done
	mov	[rcx], dl
	mov	[rcx + r8 - 1], dl
	shr	r8, 1
	mov	[rcx + r8], dl
	ret

; RCX, RDX, R8 bytes; EAX negative, zero, positive by the first difference as unsigned bytes.
global memcmp
align 16
memcmp:
	cmp	r8, 8
	jb	.short
	lea	r8, [r8 - 8]	; now the offset of the last 8 bytes
	xor	r9d, r9d
.next:
	cmp	r9, r8
	jae	.last
	mov	rax, [rcx + r9]
	mov	r10, [rdx + r9]
	add	r9, 8
	cmp	rax, r10
	je	.next
	jmp	.order
.last:
	mov	rax, [rcx + r8]
	mov	r10, [rdx + r8]
	cmp	rax, r10
	je	.equal
.order:
	bswap	rax		; memory order is then numeric order
	bswap	r10
	cmp	rax, r10
	sbb	eax, eax
	or	eax, 1
	ret
.short:
	test	r8, r8
	jz	.equal
	movzx	eax, byte [rcx]
	movzx	r10d, byte [rdx]
	sub	eax, r10d
	jnz	.differ
	inc	rcx
	inc	rdx
	dec	r8
	jmp	.short
.equal:
	xor	eax, eax
.differ:
	ret
