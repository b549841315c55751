#pragma once
#include <cstdint>
#include <functional>

namespace dnnc::runtime {

constexpr int most_threads = 256;

/// How many threads share a parallel loop, the calling one among them; at first as many as there are processors. What
/// a kernel computes does not depend on it. Not to be called while a loop runs.
void set_threads(int count);
int thread_count();

/// Calls task(context, number, closure) for each number in [first, first + count), in any order and by several threads,
/// and returns when all are done: 0, or a result that is not 0. A loop within a loop, and one that starts while another
/// thread's loop runs, is run by its caller alone.
int parallel_for(int (*task)(void*, int, uint8_t*), int first, int count, void* context, uint8_t* closure);

/// Calls `work`, which throws nothing, on up to `count` threads, the calling one among them, and returns when all are done. Where
/// the system starts no more, or has no memory for them, those that there are do all.
void run_on_threads(int count, const std::function<void()>& work);

/// Who is to be told, by whichever thread notices, that fewer threads have started than were wanted. It throws nothing. Null:
/// nobody, as at first.
void on_fewer_threads(void (*tell)(int started, int wanted));
/// Tells it.
void tell_of_fewer_threads(int started, int wanted);

}  // namespace dnnc::runtime
