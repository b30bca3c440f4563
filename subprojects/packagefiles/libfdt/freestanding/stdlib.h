/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/* libfdt includes this header and, without overlays, needs nothing of it. */
#include <stddef.h>
