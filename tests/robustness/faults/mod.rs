//! The scheduled job under what goes wrong at night: servers that misbehave, sudden ends, disks that are full or
//! read-only, clocks that jump. After each the store is whole, and nothing that was in it is lost or changed.

#[cfg(test)]
mod clocks;
#[cfg(test)]
mod disks;
#[cfg(test)]
mod fleets;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod kills;
#[cfg(all(test, unix))]
mod pipes;
#[cfg(test)]
mod servers;
#[cfg(test)]
mod service;
#[cfg(test)]
mod stored;
