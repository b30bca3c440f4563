; SPDX-License-Identifier: BSD-2-Clause-Patent
;
; Ring-0 accesses that may fault. Microsoft x64 convention: arguments RCX, RDX, R8, result EAX = 0 done, 1 faulted.
; Leaf routines: no stack use, no nonvolatile register changed at return, interrupts as found, direction flag clear
; on entry and exit. Called by C of this room only (fault.h).
;
; A fault between the labels of a `guarded` row makes the trap handler resume at the row's fix-up with all general
; registers as they were at the fault; that is why the saved RDI and RSI live in R10 and R11 and not on a stack.
; RFLAGS.AC is the fix-up's business: the user routines clear it on both ways out.

default rel

%ifidn __?OUTPUT_FORMAT?__, elf64
	%define TABLE_SECTION .data.rel.ro
section .note.GNU-stack noalloc noexec nowrite progbits
section TABLE_SECTION progbits alloc noexec write align=8
%else
	%define TABLE_SECTION .rdata
section TABLE_SECTION align=8
%endif

; Rows {start, end, fix-up}, in the order of the text; struct mm_hal_x86_extable_entry.
global mm_hal_x86_extable
mm_hal_x86_extable:

section .text

%assign guarded_rows 0

; guarded fixup: opens a row at the next instruction; guarded_end closes it.
%macro guarded 1
	%assign guarded_rows guarded_rows + 1
	guarded_start_ %+ guarded_rows:
section TABLE_SECTION
	dq	guarded_start_ %+ guarded_rows, guarded_end_ %+ guarded_rows, %1
section .text
%endmacro
%macro guarded_end 0
	guarded_end_ %+ guarded_rows:
%endmacro

%macro routine 1
global %1
align 16
%1:
%endmacro

; The common fix-up of routines that changed no nonvolatile register.
faulted:
	mov	eax, 1
	ret

; copy_body open, close, fixup: RCX to, RDX from, R8 bytes.
%macro copy_body 3
	mov	r10, rdi
	mov	r11, rsi
	mov	rdi, rcx
	mov	rsi, rdx
	mov	rcx, r8
	shr	rcx, 3
	%1
	guarded	%3
	rep	movsq
	and	r8d, 7
	jz	%%done
	test	r8d, 4
	jz	%%two
	movsd
%%two:
	test	r8d, 2
	jz	%%one
	movsw
%%one:
	test	r8d, 1
	jz	%%done
	movsb
%%done:
	guarded_end
	%2
	mov	rdi, r10
	mov	rsi, r11
	xor	eax, eax
	ret
%3:
	%2
	mov	rdi, r10
	mov	rsi, r11
	mov	eax, 1
	ret
%endmacro

; fill_body open, close, fixup: RCX to, RDX bytes; stores zeroes.
%macro fill_body 3
	mov	r10, rdi
	mov	rdi, rcx
	mov	rcx, rdx
	shr	rcx, 3
	xor	eax, eax
	%1
	guarded	%3
	rep	stosq
	mov	ecx, edx
	and	ecx, 7
	rep	stosb
	guarded_end
	%2
	mov	rdi, r10
	ret
%3:
	%2
	mov	rdi, r10
	mov	eax, 1
	ret
%endmacro

routine mm_hal_x86_copy_safe
	copy_body {}, {}, copy_safe_fixup

routine mm_hal_x86_fill_safe
	fill_body {}, {}, fill_safe_fixup

routine mm_hal_x86_copy_user
	copy_body stac, clac, copy_user_fixup

routine mm_hal_x86_fill_user
	fill_body stac, clac, fill_user_fixup

; ECX index, RDX where the value goes.
routine mm_hal_x86_rdmsr_safe
	mov	r8, rdx
	guarded	faulted
	rdmsr
	guarded_end
	shl	rdx, 32
	or	rax, rdx
	mov	[r8], rax
	xor	eax, eax
	ret

; ECX index, RDX value.
routine mm_hal_x86_wrmsr_safe
	mov	eax, edx
	shr	rdx, 32
	guarded	faulted
	wrmsr
	guarded_end
	xor	eax, eax
	ret

; RCX rows of struct mm_hal_msr_swap {u32 index, u32, u64 ours, u64 theirs}, RDX count, at least 1.
%define SWAP_OURS 8
%define SWAP_THEIRS 16
%define SWAP_BYTES 24

routine mm_hal_x86_swap_msrs_in_safe
	mov	r8, rcx
	mov	r9, rdx
swap_in_next:
	mov	ecx, [r8]
	guarded	faulted
	rdmsr
	guarded_end
	mov	[r8 + SWAP_THEIRS], eax
	mov	[r8 + SWAP_THEIRS + 4], edx
	mov	eax, [r8 + SWAP_OURS]
	mov	edx, [r8 + SWAP_OURS + 4]
	guarded	faulted
	wrmsr
	guarded_end
	add	r8, SWAP_BYTES
	dec	r9
	jnz	swap_in_next
	xor	eax, eax
	ret

routine mm_hal_x86_swap_msrs_out_safe
	mov	r8, rcx
	mov	r9, rdx
swap_out_next:
	mov	ecx, [r8]
	mov	eax, [r8 + SWAP_THEIRS]
	mov	edx, [r8 + SWAP_THEIRS + 4]
	guarded	faulted
	wrmsr
	guarded_end
	add	r8, SWAP_BYTES
	dec	r9
	jnz	swap_out_next
	xor	eax, eax
	ret

; RCX value.
%macro set_control 1
routine mm_hal_x86_set_%1_safe
	guarded	faulted
	mov	%1, rcx
	guarded_end
	xor	eax, eax
	ret
%endmacro
	set_control cr0
	set_control cr3
	set_control cr4

; read_register bits, load: RCX address, RDX where the zero-extended value goes.
%macro read_register 2+
routine mm_hal_x86_read%1_safe
	guarded	faulted
	%2
	guarded_end
	mov	[rdx], rax
	xor	eax, eax
	ret
%endmacro
	read_register 8, movzx eax, byte [rcx]
	read_register 16, movzx eax, word [rcx]
	read_register 32, mov eax, [rcx]
	read_register 64, mov rax, [rcx]

; write_register bits, source: RCX address, RDX value.
%macro write_register 2
routine mm_hal_x86_write%1_safe
	guarded	faulted
	mov	[rcx], %2
	guarded_end
	xor	eax, eax
	ret
%endmacro
	write_register 8, dl
	write_register 16, dx
	write_register 32, edx
	write_register 64, rdx

section TABLE_SECTION
global mm_hal_x86_extable_count
mm_hal_x86_extable_count:
	dq	guarded_rows
