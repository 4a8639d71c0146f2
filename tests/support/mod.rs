//! What the tests of the command line share: running the binary as a user does, profiles to feed it, and a server.

// Each test file is a program of its own and uses a part of this.
#![allow(dead_code, unused_imports, reason = "shared by several test programs")]

mod cores;
pub(crate) mod otlp;
mod profiles;
mod run;
mod server;

pub(crate) use cores::on_all_cores;
pub(crate) use profiles::{Profile, edited, gzip, heap_pair, heaps, leaks, plain, read, recording};
pub(crate) use run::{Run, close, command, finish, pprof_leaks, schema_errors};
pub(crate) use server::{Answer, Server};
