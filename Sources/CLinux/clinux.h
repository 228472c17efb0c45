// What Swift cannot import from the C headers by itself: declarations only, no logic.
//
// Swift's Glibc module is built without _GNU_SOURCE, and the headers it owns keep its choice when they are included here.
// What they hide for that reason is declared below exactly as glibc declares it; the other headers are simply included.
#pragma once

#include <link.h>
#include <malloc.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/types.h>

#include <sys/epoll.h>
#include <linux/capability.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>

// <sys/socket.h>
struct mmsghdr {
  struct msghdr msg_hdr;
  unsigned int msg_len;
};
struct ucred {
  pid_t pid;
  uid_t uid;
  gid_t gid;
};
extern int recvmmsg(int fd, struct mmsghdr *messages, unsigned int count, int flags, struct timespec *timeout);
extern int sendmmsg(int fd, struct mmsghdr *messages, unsigned int count, int flags);
extern int accept4(int fd, struct sockaddr *address, socklen_t *length, int flags);

// <netinet/in.h>
struct in6_pktinfo {
  struct in6_addr ipi6_addr;
  unsigned int ipi6_ifindex;
};

// <stdio.h>
extern int renameat2(int old_folder, const char *old, int new_folder, const char *new_name, unsigned int flags);

// <string.h>: all return constant strings, in no locale.
extern const char *strerrorname_np(int error);
extern const char *strerrordesc_np(int error);
extern const char *sigabbrev_np(int signal);

// <sched.h>, <pthread.h>, <unistd.h>
extern int sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set);
extern int pthread_setname_np(pthread_t thread, const char *name);
extern int pipe2(int fds[2], int flags);
extern long syscall(long number, ...);
extern int memfd_create(const char *name, unsigned int flags);
extern int prlimit(pid_t pid, int resource, const struct rlimit *limit, struct rlimit *before);
extern int close_range(unsigned int first, unsigned int last, int flags);
extern int setresuid(uid_t real, uid_t effective, uid_t saved);
extern int setresgid(gid_t real, gid_t effective, gid_t saved);
extern int getresuid(uid_t *real, uid_t *effective, uid_t *saved);
extern int getresgid(gid_t *real, gid_t *effective, gid_t *saved);

// <link.h>: the beginning of the structure, which is all that is read.
struct dl_phdr_info {
  ElfW(Addr) dlpi_addr;
  const char *dlpi_name;
  const ElfW(Phdr) *dlpi_phdr;
  ElfW(Half) dlpi_phnum;
};
extern int dl_iterate_phdr(int (*callback)(struct dl_phdr_info *info, size_t size, void *data), void *data);

// <spawn.h>
extern int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);

// <sys/pidfd.h>, which is younger than the call: Swift has no variadic functions, and glibc no wrapper before 2.36.
static inline int pidfd_open_np(pid_t pid, unsigned int flags) { return (int)syscall(SYS_pidfd_open, pid, flags); }

// <sys/prctl.h>, variadic too; this call has no arguments but zeros.
static inline int prctl_clear_ambient_capabilities(void) {
  return prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
}

// The same, with one argument and zeros.
static inline int prctl_np(int option, unsigned long argument) { return prctl(option, argument, 0, 0, 0); }

// Calls without a wrapper in glibc; they concern the calling thread.
static inline int capget_np(cap_user_header_t header, cap_user_data_t data) {
  return (int)syscall(SYS_capget, header, data);
}
static inline int capset_np(cap_user_header_t header, const cap_user_data_t data) {
  return (int)syscall(SYS_capset, header, data);
}
