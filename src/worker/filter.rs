//! What the processes behind the walls may ask of the kernel: a list of system calls for our own child, and a list of
//! forbidden ones for the page reader, whose habits we do not write.
//!
//! Everything else is answered with "not permitted". Where the kernel has Landlock, files and ports are shut as well.

use std::collections::BTreeMap;

use landlock::ABI;
use landlock::Access;
use landlock::AccessFs;
use landlock::AccessNet;
use landlock::Ruleset;
use landlock::RulesetAttr;
use landlock::RulesetCreatedAttr;
use landlock::path_beneath_rules;
use seccompiler::BpfProgram;
use seccompiler::SeccompAction;
use seccompiler::SeccompCmpArgLen;
use seccompiler::SeccompCmpOp;
use seccompiler::SeccompCondition;
use seccompiler::SeccompFilter;
use seccompiler::SeccompRule;

/// The kernel interface of Landlock we know; older kernels do what they can of it.
const LANDLOCK: ABI = ABI::V5;

/// What reading bytes, computing and answering takes.
const COMPUTING: &[libc::c_long] = &[
    libc::SYS_read,
    libc::SYS_readv,
    libc::SYS_write,
    libc::SYS_writev,
    libc::SYS_close,
    libc::SYS_fstat,
    libc::SYS_lseek,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_madvise,
    libc::SYS_brk,
    libc::SYS_futex,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_restart_syscall,
    libc::SYS_sched_yield,
    libc::SYS_sched_getaffinity,
    libc::SYS_clock_gettime,
    libc::SYS_clock_nanosleep,
    libc::SYS_gettimeofday,
    libc::SYS_getrandom,
    libc::SYS_getpid,
    libc::SYS_gettid,
    libc::SYS_getuid,
    libc::SYS_geteuid,
    libc::SYS_prlimit64,
    libc::SYS_rseq,
    libc::SYS_set_robust_list,
    libc::SYS_exit,
    libc::SYS_exit_group,
];

/// What reading a picture never takes, and breaking out does.
const BREAKING_OUT: &[libc::c_long] = &[
    libc::SYS_socket,
    libc::SYS_socketpair,
    libc::SYS_connect,
    libc::SYS_bind,
    libc::SYS_listen,
    libc::SYS_accept,
    libc::SYS_accept4,
    libc::SYS_sendto,
    libc::SYS_sendmsg,
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_kill,
    libc::SYS_tkill,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_io_uring_setup,
    libc::SYS_userfaultfd,
    libc::SYS_keyctl,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_kexec_load,
    libc::SYS_personality,
    libc::SYS_unlinkat,
    libc::SYS_mkdirat,
    libc::SYS_renameat2,
    libc::SYS_symlinkat,
    libc::SYS_linkat,
    libc::SYS_fchmodat,
    libc::SYS_fchownat,
    libc::SYS_memfd_create,
];

/// Lets this process do nothing but compute on the pipes it has. False where the kernel does not take the filter.
pub fn allow_only_computing() -> bool {
    let Some(rules) = computing() else {
        return false;
    };
    apply(
        rules,
        SeccompAction::Errno(not_permitted()),
        SeccompAction::Allow,
    )
}

/// Takes from this process, and from the program it turns into, what reading a picture never needs.
pub fn forbid_breaking_out() -> bool {
    let rules = BREAKING_OUT
        .iter()
        .map(|call| (*call, Vec::new()))
        .collect();
    apply(
        rules,
        SeccompAction::Allow,
        SeccompAction::Errno(not_permitted()),
    )
}

fn not_permitted() -> u32 {
    libc::EPERM.unsigned_abs()
}

fn computing() -> Option<BTreeMap<i64, Vec<SeccompRule>>> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> =
        COMPUTING.iter().map(|call| (*call, Vec::new())).collect();
    // Memory, but none that can be run as a program.
    let not_run = SeccompCmpOp::MaskedEq(libc::PROT_EXEC.unsigned_abs().into());
    for call in [libc::SYS_mmap, libc::SYS_mprotect] {
        rules.insert(call, vec![where_argument(2, not_run.clone(), 0)?]);
    }
    // A signal only to itself: that is how a process aborts.
    let own = SeccompCmpOp::Eq;
    let process = u64::from(std::process::id());
    rules.insert(libc::SYS_tgkill, vec![where_argument(0, own, process)?]);
    Some(rules)
}

fn where_argument(index: u8, how: SeccompCmpOp, value: u64) -> Option<SeccompRule> {
    let condition = SeccompCondition::new(index, SeccompCmpArgLen::Dword, how, value).ok()?;
    SeccompRule::new(vec![condition]).ok()
}

fn apply(
    rules: BTreeMap<i64, Vec<SeccompRule>>,
    otherwise: SeccompAction,
    matched: SeccompAction,
) -> bool {
    let Ok(machine) = std::env::consts::ARCH.try_into() else {
        return false;
    };
    SeccompFilter::new(rules, otherwise, matched, machine)
        .and_then(BpfProgram::try_from)
        .is_ok_and(|program| seccompiler::apply_filter(&program).is_ok())
}

/// Shuts every file and port to this process, where the kernel can.
pub fn shut_all_files() {
    let _ = ruleset(&[]);
}

/// Shuts every file but programs and their data, and every port, where the kernel can.
pub fn shut_files_of_others() {
    let _ = ruleset(&["/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache"]);
}

fn ruleset(readable: &[&str]) -> Result<(), landlock::RulesetError> {
    let reading = AccessFs::from_read(LANDLOCK);
    Ruleset::default()
        .handle_access(AccessFs::from_all(LANDLOCK))?
        .handle_access(AccessNet::from_all(LANDLOCK))?
        .create()?
        .add_rules(path_beneath_rules(readable, reading))?
        .restrict_self()?;
    Ok(())
}
