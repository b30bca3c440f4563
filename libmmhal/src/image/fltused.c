/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The compiler references this symbol from any object that mentions a floating-point type; its value means
 * nothing. Images hold no floating-point code (-mgeneral-regs-only), but headers may hold the types.
 */
extern const int _fltused;
const int _fltused = 1;
