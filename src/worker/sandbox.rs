//! The walls of the child process, put up before it reads a stranger's first byte.
//!
//! Not root, no new rights, no files to write, no new processes or threads, limits on memory and processor time, no
//! core dump, dead when the daemon dies. What the system refuses is reported, not hidden: the daemon logs it once.
//! A child of a daemon that is not root keeps the daemon's user. The last wall is the filter of system calls (`filter`);
//! without it no child works.
#![allow(
    unsafe_code,
    reason = "prctl, setuid and close_range have no safe form in std; all such calls of the program are in this file"
)]

use std::fs::File;
use std::io;
use std::os::fd::AsFd;

use rlimit::Resource;
use serde::Deserialize;
use serde::Serialize;

use crate::worker::filter;

/// The user and group "nobody" and "nogroup" of every Linux.
const NOBODY: u32 = 65_534;

/// Processor time of a child's whole life, in seconds. It is replaced long before by the pool.
const LIFE_SECONDS: u64 = 3_600;

/// The last in the row for a processor (setpriority(2)).
const LAST: libc::c_int = 19;

/// What a child may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Address space, bytes.
    pub memory: u64,
    /// Processor time of one request, seconds.
    pub cpu_seconds: u64,
}

/// A wall that could not be put up on this system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gap {
    Descriptors,
    Root,
    Memory,
    ProcessorTime,
    FileSize,
    OpenFiles,
    Processes,
    CoreDump,
    NewRights,
    Dumpable,
    ParentDeath,
    /// The filter of system calls: the pool takes no child without it.
    Filter,
}

/// Puts up the walls around this process and says which ones are missing. Call it while there is one thread and no
/// stranger's byte was read.
pub fn confine(limits: Limits) -> Vec<Gap> {
    let mut gaps = Vec::new();
    let mut need = |wall: Gap, stands: bool| {
        if !stands {
            gaps.push(wall);
        }
    };
    // If the machine runs out of memory, the kernel should take the child and not the daemon. A wish, not a wall.
    let _ = std::fs::write("/proc/self/oom_score_adj", "1000");
    need(Gap::Root, leave_root());
    need(Gap::Memory, set(Resource::AS, limits.memory, limits.memory));
    need(
        Gap::ProcessorTime,
        set(Resource::CPU, limits.cpu_seconds, LIFE_SECONDS),
    );
    need(Gap::FileSize, set(Resource::FSIZE, 0, 0));
    need(Gap::OpenFiles, set(Resource::NOFILE, 16, 16));
    need(Gap::Processes, set(Resource::NPROC, 0, 0));
    need(Gap::CoreDump, set(Resource::CORE, 0, 0));
    // A change of user clears the death signal and the dump flag, so these come after it.
    need(Gap::NewRights, control(libc::PR_SET_NO_NEW_PRIVS, 1));
    need(Gap::Dumpable, control(libc::PR_SET_DUMPABLE, 0));
    need(
        Gap::ParentDeath,
        control(libc::PR_SET_PDEATHSIG, libc::SIGKILL as libc::c_ulong),
    );
    filter::shut_all_files();
    // From here on nothing can be opened.
    need(Gap::Filter, filter::allow_only_computing());
    gaps
}

/// The walls of the page reader, put up before this process turns into it. False when one of them is missing.
pub fn confine_page_reader(memory: u64, seconds: u64) -> bool {
    let _ = std::fs::write("/proc/self/oom_score_adj", "1000");
    stand_back();
    let closed = close_inherited();
    let left_root = leave_root();
    let limited = [
        (Resource::AS, memory),
        (Resource::CPU, seconds),
        (Resource::FSIZE, 0),
        (Resource::NOFILE, 32),
        (Resource::NPROC, 0),
        (Resource::CORE, 0),
    ]
    .into_iter()
    .all(|(what, most)| set(what, most, most));
    let bound = control(libc::PR_SET_NO_NEW_PRIVS, 1)
        && control(libc::PR_SET_PDEATHSIG, libc::SIGKILL as libc::c_ulong);
    filter::shut_files_of_others();
    closed && left_root && limited && bound && filter::forbid_breaking_out()
}

/// Tries system calls that the walls must refuse, all arguments zero, and names those that were not refused.
#[cfg(debug_assertions)]
pub fn not_refused() -> Vec<&'static str> {
    let calls = [
        ("openat", libc::SYS_openat),
        ("socket", libc::SYS_socket),
        ("connect", libc::SYS_connect),
        ("bind", libc::SYS_bind),
        ("sendto", libc::SYS_sendto),
        ("execve", libc::SYS_execve),
        ("execveat", libc::SYS_execveat),
        ("ptrace", libc::SYS_ptrace),
        ("process_vm_readv", libc::SYS_process_vm_readv),
        ("kill", libc::SYS_kill),
        ("tkill", libc::SYS_tkill),
        ("tgkill", libc::SYS_tgkill),
        ("mount", libc::SYS_mount),
        ("chroot", libc::SYS_chroot),
        ("unshare", libc::SYS_unshare),
        ("setns", libc::SYS_setns),
        ("bpf", libc::SYS_bpf),
        ("perf_event_open", libc::SYS_perf_event_open),
        ("io_uring_setup", libc::SYS_io_uring_setup),
        ("userfaultfd", libc::SYS_userfaultfd),
        ("keyctl", libc::SYS_keyctl),
        ("memfd_create", libc::SYS_memfd_create),
        ("personality", libc::SYS_personality),
        ("prctl", libc::SYS_prctl),
        ("setuid", libc::SYS_setuid),
        ("chdir", libc::SYS_chdir),
        ("unlinkat", libc::SYS_unlinkat),
        ("mkdirat", libc::SYS_mkdirat),
        ("renameat2", libc::SYS_renameat2),
        ("symlinkat", libc::SYS_symlinkat),
        ("ioctl", libc::SYS_ioctl),
        ("pipe2", libc::SYS_pipe2),
        ("dup3", libc::SYS_dup3),
    ];
    calls
        .into_iter()
        .filter(|(_, call)| {
            // SAFETY: no pointer is passed, and none of these calls with zeros touches this process's memory.
            let answer = unsafe { libc::syscall(*call, 0, 0, 0, 0, 0, 0) };
            answer != -1 || io::Error::last_os_error().raw_os_error() != Some(libc::EPERM)
        })
        .map(|(name, _)| name)
        .collect()
}

/// Gives the next request its processor time, counted from what was used so far. The kernel kills what uses more.
pub fn allow_cpu(seconds: u64) {
    let until = (cpu_used() + 1 + seconds).min(LIFE_SECONDS);
    set(Resource::CPU, until, LIFE_SECONDS);
}

/// Closes every file that was open beside the three standard ones; returns whether that worked.
pub fn close_inherited() -> bool {
    // SAFETY: called before this process opened anything itself, so no owner of a closed number exists here.
    unsafe { libc::close_range(3, libc::c_uint::MAX, 0) == 0 }
}

/// Takes standard output for the protocol alone: whatever a library prints from now on goes to standard error.
pub fn take_stdout() -> io::Result<File> {
    let own = io::stdout().as_fd().try_clone_to_owned()?;
    // SAFETY: both numbers are open standard streams, and nobody in this process owns number 1 as a Rust value.
    if unsafe { libc::dup2(2, 1) } < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(File::from(own))
}

/// Lets everything else on the machine go first: a page may wait, a person should not. A wish, not a wall.
fn stand_back() {
    // SAFETY: a plain system call on numbers; 0 is this process.
    let _ = unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, LAST) };
}

/// Turns root into nobody, for good. True when this process is not root afterwards.
fn leave_root() -> bool {
    // SAFETY: plain system calls on numbers; an empty group list may be a null pointer.
    unsafe {
        if libc::geteuid() == 0 {
            let _ = libc::setgroups(0, std::ptr::null());
            let _ = libc::setresgid(NOBODY, NOBODY, NOBODY);
            let _ = libc::setresuid(NOBODY, NOBODY, NOBODY);
        }
        libc::geteuid() != 0 && libc::getuid() != 0
    }
}

/// The user this process works as.
#[cfg(debug_assertions)]
pub fn user() -> u32 {
    // SAFETY: a plain system call without arguments.
    unsafe { libc::geteuid() }
}

/// Whole seconds of processor time this process has used.
fn cpu_used() -> u64 {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the pointer is to a value of the right type that lives through the call.
    let done = unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &raw mut time) };
    if done == 0 {
        u64::try_from(time.tv_sec).unwrap_or(0)
    } else {
        0
    }
}

/// Sets one limit, never above the hard limit that stands already.
fn set(what: Resource, soft: u64, hard: u64) -> bool {
    let highest = what.get().map_or(hard, |(_, highest)| highest);
    let hard = hard.min(highest);
    what.set(soft.min(hard), hard).is_ok()
}

fn control(option: libc::c_int, value: libc::c_ulong) -> bool {
    // SAFETY: the options used here take one number and no pointer.
    unsafe { libc::prctl(option, value, 0, 0, 0) == 0 }
}
