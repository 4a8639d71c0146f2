//! What goroutines do in one snapshot: by their states, where it is a dump, and by the functions at the leaf of their stacks.

use crate::diagnose::symbols::{
    CHANNEL_RECEIVE, CHANNEL_SEND, COND, EMPTY_SELECT, LOCK, NETWORK_WAIT, READ_LOCK, SELECT, SLEEP, Symbols,
    WAITGROUP,
};

/// What a goroutine waits for, or does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Wait {
    /// A lock.
    Lock,
    /// A lock to read.
    ReadLock,
    /// Somebody who receives.
    Send,
    /// Somebody who sends.
    Receive,
    /// A channel that is nil, or a select without cases: nothing ends that.
    Nothing,
    /// One of several channels.
    Select,
    /// A WaitGroup.
    WaitGroup,
    /// A Cond.
    Cond,
    /// The network, or a file that can be polled.
    Network,
    /// A time to pass.
    Sleep,
    /// The operating system.
    Syscall,
    /// Nothing: it runs or may run.
    Runs,
    /// Something else, or it is not known.
    Unknown,
}

impl Wait {
    /// Every one.
    pub const ALL: [Wait; 13] = [
        Wait::Lock,
        Wait::ReadLock,
        Wait::Send,
        Wait::Receive,
        Wait::Nothing,
        Wait::Select,
        Wait::WaitGroup,
        Wait::Cond,
        Wait::Network,
        Wait::Sleep,
        Wait::Syscall,
        Wait::Runs,
        Wait::Unknown,
    ];

    /// The word used in the JSON report.
    pub fn name(self) -> &'static str {
        match self {
            Wait::Lock => "lock",
            Wait::ReadLock => "read-lock",
            Wait::Send => "channel-send",
            Wait::Receive => "channel-receive",
            Wait::Nothing => "nil-channel",
            Wait::Select => "select",
            Wait::WaitGroup => "waitgroup",
            Wait::Cond => "cond",
            Wait::Network => "network",
            Wait::Sleep => "sleep",
            Wait::Syscall => "syscall",
            Wait::Runs => "runs",
            Wait::Unknown => "unknown",
        }
    }

    /// Whether it waits for a lock of either sort.
    pub fn is_lock(self) -> bool {
        matches!(self, Wait::Lock | Wait::ReadLock)
    }

    /// What a goroutine does by its stack, leaf first, and by its state if that is known.
    pub(super) fn of<'a>(stack: impl Iterator<Item = &'a str>, state: Option<&str>) -> Wait {
        let by_state = state.map_or(Wait::Unknown, of_state);
        match of_leaf(stack) {
            // A stack names what a state of an older Go, `semacquire`, does not.
            wait if by_state == Wait::Unknown => wait,
            wait @ (Wait::Lock | Wait::ReadLock | Wait::WaitGroup | Wait::Cond) => wait,
            _ => by_state,
        }
    }
}

fn of_state(state: &str) -> Wait {
    match state {
        "sync.Mutex.Lock" | "sync.RWMutex.Lock" => Wait::Lock,
        "sync.RWMutex.RLock" => Wait::ReadLock,
        "chan send" => Wait::Send,
        "chan receive" => Wait::Receive,
        "chan send (nil chan)" | "chan receive (nil chan)" | "select (no cases)" => Wait::Nothing,
        "select" => Wait::Select,
        "sync.WaitGroup.Wait" => Wait::WaitGroup,
        "sync.Cond.Wait" => Wait::Cond,
        "IO wait" => Wait::Network,
        "sleep" => Wait::Sleep,
        "syscall" => Wait::Syscall,
        "running" | "runnable" => Wait::Runs,
        _ => Wait::Unknown,
    }
}

/// Whether a function is one of those that own code and libraries wait in.
pub(super) fn is_waiting_room(function: &str) -> bool {
    let rooms =
        ["runtime.", "sync.", "internal/sync.", "internal/poll.", "internal/runtime/", "syscall.", "time."];
    rooms.iter().any(|room| function.starts_with(room))
}

fn of_leaf<'a>(stack: impl Iterator<Item = &'a str>) -> Wait {
    // A reader's lock is among the locks as well, and a WaitGroup and a Cond wait in the runtime as these do.
    const ROOMS: [(&Symbols, Wait); 10] = [
        (&READ_LOCK, Wait::ReadLock),
        (&LOCK, Wait::Lock),
        (&WAITGROUP, Wait::WaitGroup),
        (&COND, Wait::Cond),
        (&NETWORK_WAIT, Wait::Network),
        (&SLEEP, Wait::Sleep),
        (&CHANNEL_SEND, Wait::Send),
        (&CHANNEL_RECEIVE, Wait::Receive),
        (&EMPTY_SELECT, Wait::Nothing),
        (&SELECT, Wait::Select),
    ];
    let leaf: Vec<&str> = stack.take_while(|function| is_waiting_room(function)).collect();
    let found = ROOMS.iter().find(|(set, _)| leaf.iter().any(|function| set.has(function)));
    let is_syscall = |function: &&str| {
        function.starts_with("syscall.") || function.starts_with("internal/runtime/syscall.")
    };
    match found {
        Some((_, wait)) => *wait,
        None if leaf.iter().any(is_syscall) => Wait::Syscall,
        None => Wait::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goroutines_wait_for_is_known_by_state_and_by_stack() {
        let of = |stack: &[&'static str], state: Option<&str>| Wait::of(stack.iter().copied(), state);
        assert_eq!(of(&["main.run"], Some("chan send")), Wait::Send);
        assert_eq!(of(&["main.run"], Some("select (no cases)")), Wait::Nothing);
        assert_eq!(of(&["main.run"], None), Wait::Unknown);
        assert_eq!(of(&["runtime.gopark", "runtime.chanrecv", "main.run"], None), Wait::Receive);
        let locked = ["sync.runtime_SemacquireMutex", "sync.(*Mutex).Lock", "main.run"];
        assert_eq!([of(&locked, Some("semacquire")), of(&locked, None)], [Wait::Lock; 2]);
        let reads = ["sync.runtime_SemacquireRWMutexR", "sync.(*RWMutex).RLock", "main.run"];
        assert_eq!(of(&reads, Some("sync.RWMutex.RLock")), Wait::ReadLock);
        assert_eq!(
            of(&["sync.runtime_Semacquire", "sync.(*WaitGroup).Wait"], Some("semacquire")),
            Wait::WaitGroup
        );
        assert_eq!(of(&["syscall.Syscall", "os.(*File).Read"], None), Wait::Syscall);
        // What is further up the stack is not what it waits in.
        assert_eq!(of(&["main.inner", "sync.(*Once).doSlow", "sync.(*Mutex).Lock"], None), Wait::Unknown);
    }
}
