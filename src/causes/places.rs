//! Where goroutines wait that do not wait in own code: inside a library, whose waits no case of a select can be added to.

use super::case::{Case, WaitSite};
use crate::profile::display_function;

/// More than this share of a group has to show what a rule looks for; a few of any group are caught on their way.
pub(super) const MOST: f64 = 0.5;

/// The goroutine that Go's HTTP server runs beside a handler.
pub(crate) const BACKGROUND_READ: &str = "net/http.(*connReader).backgroundRead";

/// The goroutine that Go's HTTP server starts for a connection.
pub(crate) const SERVE: &str = "net/http.(*conn).serve";

/// Where goroutines wait, if not in own code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// To write into an `io.Pipe`.
    PipeWrite,
    /// To read from an `io.Pipe`.
    PipeRead,
    /// For a command that was started.
    Command,
    /// For connections to a listener.
    Accept,
    /// Beside a gRPC stream.
    GrpcStream,
    /// Elsewhere in a library or the standard library.
    Library,
}

/// Where most of the goroutines wait, if that is not in own code.
pub(super) fn waits_where(case: &Case<'_>) -> Option<Place> {
    type IsThere = fn(&str) -> bool;
    let places: [(Place, IsThere); 5] = [
        (Place::PipeWrite, |function| function == "io.(*pipe).write"),
        (Place::PipeRead, |function| function == "io.(*pipe).read"),
        (Place::Command, serves_command),
        (Place::Accept, accepts),
        (Place::GrpcStream, is_of_stream),
    ];
    let special = places.into_iter().find(|(_, is_there)| case.share_waiting(is_there) > MOST);
    let library =
        || (case.share_standing(|site| library_wait(site).is_some()) > MOST).then_some(Place::Library);
    special.map(|(place, _)| place).or_else(library)
}

/// The function that a goroutine waits in, if that is not own code.
fn library_wait<'a>(site: &WaitSite<'a>) -> Option<&'a str> {
    // Who takes a lock or waits for others does so in package sync, and waits all the same.
    let waits =
        |function: &str| ["runtime.", "sync.", "internal/sync."].iter().any(|of| function.starts_with(of));
    let (at, function) = site.stack.iter().copied().enumerate().find(|(_, function)| !waits(function))?;
    (site.own != Some(at)).then_some(function)
}

/// The name of a function of grpc-go without its import path, wherever it was copied to.
pub(super) fn of_grpc(function: &str) -> Option<&str> {
    function.find("google.golang.org/grpc").map(|at| &function[at + "google.golang.org/grpc".len()..])
}

/// Each ClientConn has these of its own, and each of its connections: real ones, of grpc-go 1.33.
pub(super) fn is_of_connection(function: &str) -> bool {
    const STARTS: [&str; 8] = [
        "/internal/transport.(*http2Client).",
        "/internal/transport.newHTTP2Client.func",
        "/internal/transport.NewHTTP2Client.func",
        "/internal/grpcsync.(*CallbackSerializer).run",
        ".(*addrConn).",
        ".(*ccBalancerWrapper).",
        ".(*ccResolverWrapper).",
        ".(*ClientConn).",
    ];
    of_grpc(function).is_some_and(|name| STARTS.iter().any(|start| name.starts_with(start)))
}

/// Beside each stream that is not unary one goroutine waits for its context or its connection to end.
pub(super) fn is_of_stream(function: &str) -> bool {
    of_grpc(function).is_some_and(|name| name.starts_with(".newClientStream") && name.contains(".func"))
}

pub(super) fn serves_command(function: &str) -> bool {
    ["os/exec.(*Cmd).Start.func", "os/exec.(*Cmd).watchCtx"].iter().any(|start| function.starts_with(start))
}

pub(super) fn accepts(function: &str) -> bool {
    ["net.(*TCPListener).Accept", "net.(*UnixListener).Accept"].contains(&function)
}

/// How and where they wait. More is not known: whoever should end the wait may come late, seldom or never.
pub(super) fn blocked_where(case: &Case<'_>, id: &str, how: &str) -> String {
    match waits_where(case) {
        Some(Place::PipeWrite) => {
            "they wait to write into an io.Pipe: whoever reads from it has stopped, and did not close it"
                .to_owned()
        }
        Some(Place::PipeRead) => {
            "they wait to read from an io.Pipe: whoever writes to it has stopped, and did not close it"
                .to_owned()
        }
        Some(_) => {
            let most = case.waits.iter().max_by(|a, b| a.count.total_cmp(&b.count));
            let Some((site, function)) = most.and_then(|site| Some((site, library_wait(site)?))) else {
                return format!("they wait {how}");
            };
            let caller = site.own.and_then(|own| site.stack.get(own));
            let called =
                caller.map_or(String::new(), |caller| format!(", called by {}", display_function(caller)));
            format!(
                "they wait {how} inside {}{called}: the library decides what ends it",
                display_function(function)
            )
        }
        None if id == "goroutine-blocked-send" => format!(
            "they wait {how}: nobody receives, or too seldom; or it is a semaphore, and those who hold it do not release it"
        ),
        None if id == "goroutine-blocked-receive" => {
            format!("they wait {how} on which nobody sends, or too seldom, and that nobody closes")
        }
        None => format!("they wait {how}, and more come than go"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::name_cause;
    use super::*;

    #[test]
    fn a_wait_in_a_library_gets_advice_for_its_caller() {
        let own = Case::waiting(&["runtime.gopark", "runtime.selectgo", "main.(*hub).run"], Some(2));
        let cause = name_cause(&own);
        assert_eq!((cause.entry.id, waits_where(&own)), ("goroutine-blocked-select", None));
        assert_eq!(cause.advice, cause.entry.advice);
        assert_eq!(cause.because, ["they wait in a select, and more come than go"]);

        let pool = "github.com/gomodule/redigo/redis.(*Pool).waitVacantConn";
        let cause = name_cause(&Case::waiting(
            &["runtime.gopark", "runtime.selectgo", pool, "main.(*store).load"],
            Some(3),
        ));
        assert_eq!(cause.entry.id, "goroutine-blocked-select");
        assert!(
            cause.because[0].contains("inside redis.(*Pool).waitVacantConn, called by main.(*store).load")
        );
        assert!(cause.advice.starts_with("The wait is inside a library."), "{}", cause.advice);

        let pipe = Case::waiting(
            &["runtime.selectgo", "io.(*pipe).write", "io.(*PipeWriter).Write", "main.export"],
            Some(3),
        );
        let cause = name_cause(&pipe);
        assert!(cause.because[0].contains("io.Pipe") && cause.advice.contains("CloseWithError"));
    }
}
