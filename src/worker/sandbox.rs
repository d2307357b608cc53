//! The walls of the child process, put up before it reads a stranger's first byte.
//!
//! Not root, no new rights, no files to write, no new processes or threads, limits on memory and processor time, no
//! core dump, dead when the daemon dies. What the system refuses is reported, not hidden: the daemon logs it once.
//! A child of a daemon that is not root keeps the daemon's user; system-call filters are not part of these walls.
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

/// The user and group "nobody" and "nogroup" of every Linux.
const NOBODY: u32 = 65_534;

/// Processor time of a child's whole life, in seconds. It is replaced long before by the pool.
const LIFE_SECONDS: u64 = 3_600;

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
    gaps
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
