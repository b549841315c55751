/* A library that is loaded before a program (LD_PRELOAD) and stands between it and the C library: calls that have to do with
   files and memory fail where a test wants it, or are written down for it. Environment:
     FAULT_CALLS   a group of calls, as the table below names them; calls of the group are counted from 1
     FAULT_FIRST, FAULT_LAST   the numbers of the first and of the last call that fails
     FAULT_KIND    what happens to them: an errno; `short`: half of the bytes are read or written; `torn`: half are, and what is
                   written to the same file later fails with ENOSPC, as on a disk that is full; `killed`: the process is, before
     NO_UNNAMED    there are no files without a name, as on older systems
     FAULT_LOG     gets a line for each call that fails: its name, and the file's if it has one
     RECORD_LOG    gets a line for each call that changes files (power.py reads it) */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { SHORT = -1, TORN = -2, KILLED = -3, NOTHING = 0 };

static const char *calls;
static long first_fault, last_fault;
static int kind, fault_log = -1, record_log = -1;
static int no_unnamed;
static atomic_long counted;
static atomic_int torn_file = -1;
static pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER; /* of what is recorded */

/* A number that no program counts on, so that its own files have the numbers that they always have. */
static int open_log(const char *variable, int number) {
  const char *path = getenv(variable);
  if (!path) return -1;
  int file = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (file < 0 || syscall(SYS_dup3, file, number, O_CLOEXEC) < 0) _exit(99);
  syscall(SYS_close, file);
  return number;
}

__attribute__((constructor)) static void begin(void) {
  fault_log = open_log("FAULT_LOG", 990);
  record_log = open_log("RECORD_LOG", 991);
  no_unnamed = getenv("NO_UNNAMED") != NULL;
  calls = getenv("FAULT_CALLS");
  if (!calls) return;
  const char *text = getenv("FAULT_KIND");
  kind = !strcmp(text, "short") ? SHORT : !strcmp(text, "torn") ? TORN : !strcmp(text, "killed") ? KILLED : atoi(text);
  first_fault = atol(getenv("FAULT_FIRST"));
  last_fault = atol(getenv("FAULT_LAST"));
}

static void *next(const char *name) {
  void *function = dlsym(RTLD_NEXT, name);
  if (!function) _exit(98);
  return function;
}
#define NEXT(name) \
  static __typeof__(&name) real; \
  if (!real) real = (__typeof__(&name))next(#name)

/* The name of an open file, or what it is. */
static const char *name_of(int file, char name[PATH_MAX]) {
  char link[40];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  long length = syscall(SYS_readlinkat, AT_FDCWD, link, name, PATH_MAX - 1);
  name[length > 0 ? length : 0] = '\0';
  return name;
}

static void say_fault(const char *call, const char *path, int file) {
  char name[PATH_MAX], line[PATH_MAX + 100];
  if (fault_log < 0) return;
  if (!path && file >= 0) path = name_of(file, name);
  int length = snprintf(line, sizeof line, "%s %d %s\n", call, file, path ? path : "");
  if (syscall(SYS_write, fault_log, line, length) != length) _exit(97);
}

/* Whether no system fails so: the names of open files are no files on a disk, and a pipe has nothing to lose when it is closed. */
static int cannot_fail(const char *group, const char *path, int file) {
  struct stat status;
  if (!strcmp(group, "stat")) return path && !strncmp(path, "/proc/self/fd/", 14);
  return !strcmp(group, "close") && !syscall(SYS_newfstatat, file, "", &status, AT_EMPTY_PATH) && S_ISFIFO(status.st_mode);
}

/* What happens to this call: an errno, SHORT, TORN or NOTHING. */
static int fault(const char *group, const char *call, const char *path, int file) {
  if (!calls || strcmp(calls, group) || cannot_fail(group, path, file)) return NOTHING;
  if (file >= 0 && torn_file == file) return ENOSPC;
  const long number = atomic_fetch_add(&counted, 1) + 1;
  if (number < first_fault || number > last_fault) return NOTHING;
  say_fault(call, path, file);
  if (kind == KILLED) kill(getpid(), SIGKILL);
  return kind;
}

#define FAIL(group, path, file, failed) \
  do { \
    const int what = fault(group, __func__, path, file); \
    if (what > 0) { \
      errno = what; \
      return failed; \
    } \
  } while (0)

/* ---- what is recorded: a word, the file's number, and more */

static unsigned long number_of(int file) {
  struct stat status;
  return syscall(SYS_newfstatat, file, "", &status, AT_EMPTY_PATH) ? 0 : status.st_ino;
}

static void record(const char *word, unsigned long number, long at, const char *one, const char *two) {
  char line[2 * PATH_MAX + 100];
  const int length = snprintf(line, sizeof line, "%s\t%lu\t%ld\t%s\t%s\n", word, number, at, one, two);
  if (syscall(SYS_write, record_log, line, length) != length) _exit(96);
}

static void record_bytes(int file, const char *bytes, long count) {
  struct stat status;
  if (syscall(SYS_newfstatat, file, "", &status, AT_EMPTY_PATH)) return;
  if (file <= STDERR_FILENO || !S_ISREG(status.st_mode)) return record("said", file, count, "", "");
  char *text = malloc(2 * count + 1);
  for (long i = 0; i < count; ++i) sprintf(text + 2 * i, "%02x", (unsigned char)bytes[i]);
  const long end = syscall(SYS_lseek, file, 0, SEEK_CUR);
  const size_t room = 2 * count + 100;
  char *line = malloc(room);
  const int length = snprintf(line, room, "write\t%lu\t%ld\t%s\t\n", status.st_ino, end - count, count ? text : "");
  if (syscall(SYS_write, record_log, line, length) != length) _exit(96);
  free(line);
  free(text);
}

/* Runs a call and writes down what it did, so that the lines stand in the order of what was done. */
#define RECORDED(call, done, ...) \
  do { \
    if (record_log < 0) return call; \
    pthread_mutex_lock(&order); \
    const __typeof__(call) result = call; \
    const int reason = errno; \
    if (done) __VA_ARGS__; \
    pthread_mutex_unlock(&order); \
    errno = reason; \
    return result; \
  } while (0)

/* ---- files are opened */

static void record_open(int file, int flags, const char *path, int existed) {
  char name[PATH_MAX];
  if (flags & O_TMPFILE & ~O_DIRECTORY) return record("unnamed", number_of(file), 0, path, "");
  if ((flags & O_CREAT) && !existed) record("create", number_of(file), 0, name_of(file, name), "");
  if (flags & O_TRUNC) record("cut", number_of(file), 0, "", "");
}

#define OPEN(name, parameters, arguments, folder) \
  int name parameters { \
    NEXT(name); \
    mode_t mode = 0; \
    if (flags & (O_CREAT | (O_TMPFILE & ~O_DIRECTORY))) { \
      va_list more; \
      va_start(more, flags); \
      mode = va_arg(more, mode_t); \
      va_end(more); \
    } \
    FAIL("open", path, -1, -1); \
    if (no_unnamed && (flags & O_TMPFILE & ~O_DIRECTORY)) { \
      errno = EOPNOTSUPP; \
      return -1; \
    } \
    const int existed = record_log >= 0 && !syscall(SYS_faccessat, folder, path, F_OK); \
    RECORDED(real arguments, result >= 0, record_open(result, flags, path, existed)); \
  }
OPEN(open, (const char *path, int flags, ...), (path, flags, mode), AT_FDCWD)
OPEN(open64, (const char *path, int flags, ...), (path, flags, mode), AT_FDCWD)
OPEN(openat, (int folder, const char *path, int flags, ...), (folder, path, flags, mode), folder)
OPEN(openat64, (int folder, const char *path, int flags, ...), (folder, path, flags, mode), folder)

FILE *fopen(const char *path, const char *mode) {
  NEXT(fopen);
  FAIL("open", path, -1, NULL);
  return real(path, mode);
}
FILE *fopen64(const char *path, const char *mode) {
  NEXT(fopen64);
  FAIL("open", path, -1, NULL);
  return real(path, mode);
}
int memfd_create(const char *name, unsigned flags) {
  NEXT(memfd_create);
  FAIL("unnamed", "memory", -1, -1);
  return real(name, flags);
}
int pipe2(int ends[2], int flags) {
  NEXT(pipe2);
  FAIL("unnamed", "pipe", -1, -1);
  return real(ends, flags);
}

/* ---- bytes */

#define PART(group, count) \
  do { \
    const int what = fault(group, __func__, NULL, file); \
    if (what > 0) { \
      errno = what; \
      return -1; \
    } \
    if (what == TORN) torn_file = file; \
    if (what < 0 && count > 1) count /= 2; \
  } while (0)

ssize_t read(int file, void *bytes, size_t count) {
  NEXT(read);
  PART("read", count);
  return real(file, bytes, count);
}
ssize_t pread(int file, void *bytes, size_t count, off_t at) {
  NEXT(pread);
  PART("read", count);
  return real(file, bytes, count, at);
}
ssize_t write(int file, const void *bytes, size_t count) {
  NEXT(write);
  PART("write", count);
  RECORDED(real(file, bytes, count), result >= 0, record_bytes(file, bytes, result));
}
ssize_t writev(int file, const struct iovec *pieces, int number) {
  NEXT(writev);
  PART("write", number);
  return real(file, pieces, number);
}
ssize_t pwrite(int file, const void *bytes, size_t count, off_t at) {
  NEXT(pwrite);
  PART("write", count);
  return real(file, bytes, count, at);
}
int ftruncate(int file, off_t bytes) {
  NEXT(ftruncate);
  FAIL("ftruncate", NULL, file, -1);
  RECORDED(real(file, bytes), result == 0, record("cut", number_of(file), bytes, "", ""));
}
int fsync(int file) {
  NEXT(fsync);
  char name[PATH_MAX];
  FAIL("fsync", NULL, file, -1);
  RECORDED(real(file), result == 0, record("sync", number_of(file), 0, name_of(file, name), ""));
}
/* The file is closed all the same, as Linux does it. */
int close(int file) {
  NEXT(close);
  if (file == fault_log || file == record_log) return 0;
  const int what = file < 0 ? NOTHING : fault("close", __func__, NULL, file);
  const int result = real(file);
  if (what <= 0) return result;
  errno = what;
  return -1;
}

/* ---- names */

int rename(const char *from, const char *to) {
  NEXT(rename);
  FAIL("rename", to, -1, -1);
  RECORDED(real(from, to), result == 0, record("rename", 0, 0, from, to));
}
int link(const char *from, const char *to) {
  NEXT(link);
  FAIL("link", to, -1, -1);
  RECORDED(real(from, to), result == 0, record("link", 0, 0, from, to));
}
int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags) {
  NEXT(linkat);
  FAIL("link", to, -1, -1);
  char name[40];
  struct stat status;
  const int known = record_log >= 0 && !syscall(SYS_newfstatat, from_folder, from, &status, 0);
  snprintf(name, sizeof name, "#%lu", known ? status.st_ino : 0);
  RECORDED(real(from_folder, from, to_folder, to, flags), result == 0, record("link", 0, 0, name, to));
}
int unlink(const char *path) {
  NEXT(unlink);
  FAIL("unlink", path, -1, -1);
  RECORDED(real(path), result == 0, record("unlink", 0, 0, path, ""));
}
int mkdir(const char *path, mode_t mode) {
  NEXT(mkdir);
  FAIL("mkdir", path, -1, -1);
  return real(path, mode);
}
int fchmod(int file, mode_t mode) {
  NEXT(fchmod);
  FAIL("fchmod", NULL, file, -1);
  return real(file, mode);
}
int fchown(int file, uid_t user, gid_t group) {
  NEXT(fchown);
  FAIL("fchmod", NULL, file, -1);
  return real(file, user, group);
}

int stat(const char *restrict path, struct stat *restrict found) {
  NEXT(stat);
  FAIL("stat", path, -1, -1);
  return real(path, found);
}
int stat64(const char *restrict path, struct stat64 *restrict found) {
  NEXT(stat64);
  FAIL("stat", path, -1, -1);
  return real(path, found);
}
int lstat(const char *restrict path, struct stat *restrict found) {
  NEXT(lstat);
  FAIL("stat", path, -1, -1);
  return real(path, found);
}
int fstat(int file, struct stat *found) {
  NEXT(fstat);
  FAIL("stat", NULL, file, -1);
  return real(file, found);
}
int fstat64(int file, struct stat64 *found) {
  NEXT(fstat64);
  FAIL("stat", NULL, file, -1);
  return real(file, found);
}
ssize_t readlink(const char *restrict path, char *restrict target, size_t count) {
  NEXT(readlink);
  FAIL("stat", path, -1, -1);
  return real(path, target, count);
}
off_t lseek(int file, off_t at, int from) {
  NEXT(lseek);
  FAIL("stat", NULL, file, -1);
  return real(file, at, from);
}

DIR *opendir(const char *path) {
  NEXT(opendir);
  FAIL("readdir", path, -1, NULL);
  return real(path);
}
struct dirent *readdir(DIR *folder) {
  NEXT(readdir);
  FAIL("readdir", NULL, dirfd(folder), NULL);
  return real(folder);
}

/* ---- memory and threads */

void *mmap(void *where, size_t bytes, int access, int flags, int file, off_t at) {
  NEXT(mmap);
  FAIL("mmap", NULL, file, MAP_FAILED);
  return real(where, bytes, access, flags, file, at);
}
int mprotect(void *where, size_t bytes, int access) {
  NEXT(mprotect);
  FAIL("mmap", NULL, -1, -1);
  return real(where, bytes, access);
}
int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*work)(void *), void *given) {
  NEXT(pthread_create);
  const int what = fault("thread", __func__, NULL, -1);
  return what > 0 ? what : real(thread, attributes, work, given);
}
