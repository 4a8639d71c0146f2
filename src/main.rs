//! The command line of pprof-leaks; the analysis is the library's.

mod cli;

fn main() -> std::process::ExitCode {
    cli::main()
}
