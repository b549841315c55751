"""Asks the driver of test/device/cuda for four numbers at once from a place that is a multiple of four, and from one that is not, which
it refuses."""
import ctypes

driver = ctypes.CDLL("libcuda.so.1")
PTX = b""".version 7.0
.target sm_80
.address_size 64
.visible .entry take(.param .u64 .ptr from, .param .u64 .ptr to)
{
.reg .b32 %r<4>;
.reg .b64 %d<2>;
ld.param.u64 %d0, [from];
ld.param.u64 %d1, [to];
ld.global.nc.v4.b32 {%r0,%r1,%r2,%r3}, [%d0];
st.global.v2.b32 [%d1], {%r3,%r2};
ret;
}
"""


def good(code):
    assert code == 0, code


context, stream, module, kernel = (ctypes.c_void_p() for _ in range(4))
good(driver.cuInit(0))
good(driver.cuDevicePrimaryCtxRetain(ctypes.byref(context), 0))
good(driver.cuCtxSetCurrent(context))
good(driver.cuStreamCreate(ctypes.byref(stream), 1))
memory, result = ctypes.c_uint64(), ctypes.c_uint64()
good(driver.cuMemAlloc_v2(ctypes.byref(memory), ctypes.c_size_t(64)))
good(driver.cuMemAlloc_v2(ctypes.byref(result), ctypes.c_size_t(64)))
good(driver.cuMemcpyHtoDAsync_v2(memory, (ctypes.c_uint32 * 8)(*range(8)), ctypes.c_size_t(32), stream))
good(driver.cuModuleLoadDataEx(ctypes.byref(module), PTX, 0, None, None))
good(driver.cuModuleGetFunction(ctypes.byref(kernel), module, b"take"))


def take(offset):
    places = ctypes.c_uint64(memory.value + offset), ctypes.c_uint64(result.value)
    values = (ctypes.c_void_p * 2)(*(ctypes.addressof(place) for place in places))
    good(driver.cuLaunchKernel(kernel, 1, 1, 1, 1, 1, 1, 0, stream, values, None))
    return driver.cuStreamSynchronize(stream)


taken = (ctypes.c_uint32 * 2)()
good(take(16))
good(driver.cuMemcpyDtoHAsync_v2(taken, result, ctypes.c_size_t(8), stream))
good(driver.cuStreamSynchronize(stream))
assert list(taken) == [7, 6], list(taken)
assert take(4) == 719
