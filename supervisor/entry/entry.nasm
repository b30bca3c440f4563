; SPDX-License-Identifier: BSD-2-Clause-Patent
;
; The supervisor's doors: in from the MMI entry, out to ring 3, in from ring 3 by SYSCALL, in by exceptions.
;
; Ring 0 keeps no C frame alive while ring 3 runs. A CPU's ring-0 stack looks like this all through an SMI:
;
;     ...            frame of the MMI entry (SMBASE + 0x8000)
;     return address
;     rbx rbp rdi rsi r12 r13 r14 r15      <- exit_rsp, from which supv_leave unwinds
;     (padding to 16)                      <- kernel_rsp = TSS.RSP0: every C frame starts here, and every time anew
;
; No IRET anywhere: it would unblock NMIs inside MM (Intel SDM volume 3, 31.8). Ring 3 is entered by SYSRET; a
; fault of ring 0 at a place that may fault goes on at its fix-up by a plain jump.

%include "offsets.inc"

	default rel
	bits 64

	extern mm_supv_state_object
	extern mm_supv_wiring_object
	extern mm_supv_arrive
	extern mm_supv_boot
	extern mm_supv_monarch_begin
	extern mm_supv_activation_end
	extern mm_supv_syscall
	extern mm_supv_trap_user
	extern mm_supv_trap_kernel
	extern mm_image_seed_stack_cookie

	section .text

%macro PUSH_NONVOLATILE 0
	push rbx
	push rbp
	push rdi
	push rsi
	push r12
	push r13
	push r14
	push r15
%endmacro

%macro POP_NONVOLATILE 0
	pop r15
	pop r14
	pop r13
	pop r12
	pop rsi
	pop rdi
	pop rbp
	pop rbx
%endmacro

; ---------------------------------------------------------------------------------------------------------------
; mm_supv_entry: the PE entry point, called by the MMI entry on every CPU on every SMI.
;   in: rcx = CPU index, rdx = HOB list; Microsoft x64 convention, IF clear, rsp 8 modulo 16
;   out: nothing; returns to the MMI entry, which leaves MM
; A CPU that only waits needs no frame but the return address.
; ---------------------------------------------------------------------------------------------------------------
	global mm_supv_entry
mm_supv_entry:
	mov r9, [mm_supv_state_object + STATE_CPUS]
	test r9, r9
	jz .boot
	cmp rcx, [mm_supv_state_object + STATE_CPU_COUNT]
	jae .boot
	imul rax, rcx, CPU_BYTES
	add rax, r9
	cmp qword [rax + CPU_READY], 0
	je .boot
	mov rcx, rax
	sub rsp, 40
	call mm_supv_arrive		; rax = this CPU's object if it leads the run, else 0 and the run is over
	add rsp, 40
	test rax, rax
	jnz .monarch
	ret
.monarch:
	PUSH_NONVOLATILE
	mov [rax + CPU_EXIT_RSP], rsp
	mov rsp, [rax + CPU_KERNEL_RSP]
	mov rcx, rax
	sub rsp, 32
	call mm_supv_monarch_begin	; does not return: the run ends in supv_leave
	ud2
.boot:	; this CPU's first SMI: rcx and rdx as they came, r8 = exit_rsp
	PUSH_NONVOLATILE
	mov r8, rsp
	xor r9d, r9d
	lock bts dword [mm_supv_state_object + OBJECT_BOOT_CLAIMED], 0
	jc .seeded			; another CPU came first
	mov rsi, rcx			; no C code has run in this image: the cookie may still change
	mov rdi, rdx
	mov rbx, r8
	rdtsc
	shl rdx, 32
	or rax, rdx
	mov rcx, rax
	sub rsp, 40
	call mm_image_seed_stack_cookie
	add rsp, 40
	mov rcx, rsi
	mov rdx, rdi
	mov r8, rbx
	mov r9d, 1			; this CPU builds
.seeded:
	sub rsp, 40
	call mm_supv_boot		; returns on all CPUs but the one that starts ring 3, which ends in supv_leave
	add rsp, 40
	POP_NONVOLATILE
	ret

; ---------------------------------------------------------------------------------------------------------------
; supv_leave: back to the MMI entry, dropping all ring-0 frames. in: rcx = CPU. Does not return.
; ---------------------------------------------------------------------------------------------------------------
	global mm_supv_leave
mm_supv_leave:
	mov rsp, [rcx + CPU_EXIT_RSP]
	POP_NONVOLATILE
	ret

; ---------------------------------------------------------------------------------------------------------------
; mm_supv_enter_user: a fresh entry into ring 3. in: rcx = CPU (its GS base is live), rdx = struct mm_supv_user_entry.
; Does not return. Every register that the entry does not define is zero: ring 3 sees nothing of ring 0.
; ---------------------------------------------------------------------------------------------------------------
	global mm_supv_enter_user
mm_supv_enter_user:
	mov rax, rdx
	mov rcx, [rax + ENTRY_RIP]
	mov rsp, [rax + ENTRY_RSP]
	mov rbx, [rax + ENTRY_RBX]
	mov r10, [rax + ENTRY_R10]
	mov rdx, [rax + ENTRY_RDX]
	mov r8, [rax + ENTRY_R8]
	mov r9, [rax + ENTRY_R9]
	mov r11d, 2			; only the bit that is always set: IF, TF, DF, NT, AC, IOPL clear
	xor eax, eax
	xor ebp, ebp
	xor esi, esi
	xor edi, edi
	xor r12d, r12d
	xor r13d, r13d
	xor r14d, r14d
	xor r15d, r15d
	swapgs
	o64 sysret

; ---------------------------------------------------------------------------------------------------------------
; mm_supv_resume_user: suspended ring-3 code goes on. in: rcx = CPU, rdx = struct mm_supv_user_resume. Does not return.
; ---------------------------------------------------------------------------------------------------------------
	global mm_supv_resume_user
mm_supv_resume_user:
	mov r8, rdx
	mov rcx, [r8 + RESUME_RIP]
	mov r11, [r8 + RESUME_RFLAGS]
	mov rsp, [r8 + RESUME_RSP]
	mov rbx, [r8 + RESUME_RBX]
	mov rbp, [r8 + RESUME_RBP]
	mov rdi, [r8 + RESUME_RDI]
	mov rsi, [r8 + RESUME_RSI]
	mov r12, [r8 + RESUME_R12]
	mov r13, [r8 + RESUME_R13]
	mov r14, [r8 + RESUME_R14]
	mov r15, [r8 + RESUME_R15]
	mov rax, [r8 + RESUME_RAX]
	mov rdx, [r8 + RESUME_RDX]
	xor r8d, r8d
	xor r9d, r9d
	xor r10d, r10d
	swapgs
	o64 sysret

; ---------------------------------------------------------------------------------------------------------------
; mm_supv_syscall_entry: LSTAR. rsp and GS are ring 3's; FMASK has cleared TF IF DF NT AC IOPL RF ID.
; The frame is struct mm_supv_call. A call that ends the activation never comes back here.
; ---------------------------------------------------------------------------------------------------------------
	global mm_supv_syscall_entry
mm_supv_syscall_entry:
	swapgs
	mov [gs:CPU_USER_RSP], rsp
	mov rsp, [gs:CPU_KERNEL_RSP]
	cmp rax, SYS_RETURN
	je .return			; nothing of the caller will be needed again
	push qword [gs:CPU_USER_RSP]
	push rax
	push rbx
	push rcx
	push rdx
	push rsi
	push rdi
	push rbp
	push r8
	push r9
	push r10
	push r11
	push r12
	push r13
	push r14
	push r15
	mov rcx, [gs:CPU_SELF]
	mov rdx, rsp
	sub rsp, 32
	call mm_supv_syscall
	add rsp, 32
	pop r15
	pop r14
	pop r13
	pop r12
	pop r11
	pop r10
	pop r9
	pop r8
	pop rbp
	pop rdi
	pop rsi
	pop rdx
	pop rcx
	pop rbx
	pop rax
	pop rsp
	swapgs
	o64 sysret
.return:
	mov rcx, [gs:CPU_SELF]
	mov r8, rdx			; the value
	xor edx, edx			; EFI_SUCCESS
	sub rsp, 32
	call mm_supv_activation_end	; does not return: the parent, or the monarch, goes on
	ud2

; ---------------------------------------------------------------------------------------------------------------
; Exceptions. Each vector has a stub that makes all frames alike (struct mm_supv_trap).
; ---------------------------------------------------------------------------------------------------------------
%macro STUB 1
	align 16
stub_%1:
%if %1 == 8 || (%1 >= 10 && %1 <= 14) || %1 == 17 || %1 == 21 || %1 == 29 || %1 == 30
%else
	push 0
%endif
	push %1
	jmp trap_common
%endmacro

	global mm_supv_trap_stubs
	align 16
mm_supv_trap_stubs:			; 16 bytes each, in order of the vectors
%assign vector 0
%rep 256
	STUB vector
%assign vector vector + 1
%endrep

trap_common:
	cld
	push rax
	push rbx
	push rcx
	push rdx
	push rsi
	push rdi
	push rbp
	push r8
	push r9
	push r10
	push r11
	push r12
	push r13
	push r14
	push r15
	cmp byte [mm_supv_wiring_object + WIRING_HAS_SMAP], 0
	je .no_smap
	clac
.no_smap:
	mov rdx, rsp
	test byte [rsp + TRAP_CS], 3
	jz .ring0
	swapgs
	mov rcx, [gs:CPU_SELF]
	and rsp, -16
	sub rsp, 32
	call mm_supv_trap_user		; does not return: the activation ends
	ud2
.ring0:	; GS may be anyone's here: the handler does not use it
	mov rbx, rsp
	mov rcx, rdx
	and rsp, -16
	sub rsp, 32
	call mm_supv_trap_kernel	; rax = fix-up address; does not return when there is none
	; The instruction's frame is left as it was, but for RIP (the fix-up) and for AC and DF (clear). No IRET: the fix-up
	; address goes below the interrupted stack, which has no red zone, and events that could strike here use IST.
	mov rcx, [rbx + TRAP_RSP]
	mov [rcx - 8], rax
	mov rsp, rbx
	pop r15
	pop r14
	pop r13
	pop r12
	pop r11
	pop r10
	pop r9
	pop r8
	pop rbp
	pop rdi
	pop rsi
	pop rdx
	pop rcx
	pop rbx
	pop rax
	mov rsp, [rsp + TRAP_RSP - GPRS_BYTES]
	jmp [rsp - 8]

; ---------------------------------------------------------------------------------------------------------------
; Small things C cannot say.
; ---------------------------------------------------------------------------------------------------------------
	global mm_supv_fx_save
mm_supv_fx_save:			; in: rcx = 16-byte aligned image
	fxsave64 [rcx]
	ret

	global mm_supv_fx_restore
mm_supv_fx_restore:			; in: rcx = 16-byte aligned image
	fxrstor64 [rcx]
	ret

; mm_supv_load_descriptors: in: rcx = GDT pseudo-descriptor, rdx = IDT pseudo-descriptor. Reloads CS and TR.
	global mm_supv_load_idt
mm_supv_load_idt:			; in: rcx = IDT pseudo-descriptor
	lidt [rcx]
	ret

	global mm_supv_load_descriptors
mm_supv_load_descriptors:
	lgdt [rcx]
	lidt [rdx]
	mov eax, 0x40
	mov ds, eax
	mov es, eax
	mov ss, eax
	pop rdx
	push 0x38
	push rdx
	mov eax, 0x70
	ltr ax
	o64 retf
