#include "runtime/device/cuda_look.h"

namespace dnnc::runtime::cuda {

const char* const look_text = R"(.version 7.0
.target sm_80
.address_size 64
.visible .entry look(.param .u64 .ptr memory, .param .u64 .ptr stretches, .param .u32 count, .param .u64 .ptr found)
{
 .reg .pred %p<5>;
 .reg .b32 %r<16>;
 .reg .b64 %d<16>;
 ld.param.u64 %d1, [memory];
 ld.param.u64 %d2, [stretches];
 ld.param.u32 %r1, [count];
 ld.param.u64 %d3, [found];
 cvta.to.global.u64 %d1, %d1;
 cvta.to.global.u64 %d2, %d2;
 cvta.to.global.u64 %d3, %d3;
 mov.u32 %r2, %ntid.x;
 mov.u32 %r3, %ctaid.x;
 mov.u32 %r4, %tid.x;
 mad.lo.s32 %r5, %r3, %r2, %r4;
 cvt.u64.u32 %d4, %r5;
 mov.u32 %r6, %nctaid.x;
 mul.lo.s32 %r6, %r6, %r2;
 cvt.u64.u32 %d5, %r6;
 mov.u32 %r7, 0;
STRETCH:
 setp.ge.s32 %p1, %r7, %r1;
 @%p1 bra DONE;
 mul.wide.s32 %d6, %r7, 16;
 add.s64 %d6, %d2, %d6;
 ld.global.u64 %d7, [%d6];
 ld.global.u64 %d8, [%d6+8];
 shl.b64 %d7, %d7, 2;
 add.s64 %d7, %d1, %d7;
 mov.u64 %d9, %d4;
WORD:
 setp.ge.u64 %p2, %d9, %d8;
 @%p2 bra NEXT;
 shl.b64 %d10, %d9, 2;
 add.s64 %d10, %d7, %d10;
 ld.global.u32 %r8, [%d10];
 and.b32 %r8, %r8, 0x7fffffff;
 setp.lt.u32 %p3, %r8, 0x7f800000;
 @%p3 bra FINITE;
 sub.s32 %r9, %r1, %r7;
 red.global.max.s32 [%d3], %r9;
 bra NEXT;
FINITE:
 add.s64 %d9, %d9, %d5;
 bra WORD;
NEXT:
 add.s32 %r7, %r7, 1;
 bra STRETCH;
DONE:
 ret;
}
)";

}  // namespace dnnc::runtime::cuda
