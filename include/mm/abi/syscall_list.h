/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Every system call of ring 3, once: MM_SYSCALL(NAME, number, text). No include guard: the enum, the ring-3
 * stubs' numbers, the gate's names and the table in docs/abi.md are expanded from this list.
 *
 * RAX = number, RDX, R8, R9 = arguments, result in RAX; RCX and R11 are lost (the SYSCALL instruction uses
 * them); every other register and the x87/SSE state survive unless a call says otherwise.
 */
MM_SYSCALL(RDMSR, 0x0, "read an MSR: RDX index; RAX value")
MM_SYSCALL(WRMSR, 0x1, "write an MSR: RDX index, R8 value")
MM_SYSCALL(CLI, 0x2, "mask interrupts: a virtual flag, MM always runs with IF clear")
MM_SYSCALL(IO_READ, 0x3, "port input: RDX port, R8 width 0/1/2 = 8/16/32 bits; RAX value")
MM_SYSCALL(IO_WRITE, 0x4, "port output: RDX port, R8 width, R9 value; RAX value")
MM_SYSCALL(WBINVD, 0x5, "write back and invalidate caches")
MM_SYSCALL(HLT, 0x6, "halt: ends the activation, the processor is never halted")
MM_SYSCALL(SVST_READ, 0x7, "stage a save-state read: RDX protocol, R8 register, R9 CPU")
MM_SYSCALL(ALOC_PAGE, 0x10004, "allocate pages: RDX type, R8 memory type, R9 pages; RAX address or EFI_STATUS error")
MM_SYSCALL(FREE_PAGE, 0x10005, "free pages: RDX address, R8 pages; RAX 0 or EFI_STATUS error")
MM_SYSCALL(START_AP_PROC, 0x10006, "run a procedure on a CPU: RDX procedure, R8 CPU, R9 argument")
MM_SYSCALL(SVST_READ_2, 0x10021, "complete a save-state read: RDX protocol, R8 width, R9 buffer; RAX EFI_STATUS")
MM_SYSCALL(MM_UNBLOCKED, 0x10022, "is memory outside MMRAM ours to use: RDX address, R8 size; RAX 1 or 0")
MM_SYSCALL(IS_COMM_BUFF, 0x10023, "is a range inside the message shadow: RDX address, R8 size; RAX EFI_STATUS")
MM_SYSCALL(INVOKE, 0x20000,
	   "run a driver's code: RDX module, R8 entry, R9 R10 R12 R13 arguments; RAX EFI_STATUS, RDX value")
MM_SYSCALL(RETURN, 0x20001, "end this activation: RDX value; does not return")
MM_SYSCALL(LOG, 0x20002, "one log line: RDX text, R8 bytes; RAX EFI_STATUS")
MM_SYSCALL(TIME, 0x20003, "RAX ticks of this CPU's time-stamp counter, RDX ticks per second")
MM_SYSCALL(CPU_COUNT, 0x20004, "RAX number of CPUs, RDX index of this one")
