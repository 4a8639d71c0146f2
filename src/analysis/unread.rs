//! A series of snapshots of which only the headings are known: each is read when its turn comes.

use super::{Analysis, Follower, Incomparable, Options};
use crate::input::{InputError, Limits, Unread, read_each};
use crate::profile::Heading;

/// Follows one process through snapshots that are yet to be read; gives what they say, and why some of them were left out.
///
/// Damage may only show when a snapshot is read whole. A series without it is another series, so all is followed anew then.
/// `progress` is called with the number of snapshots that are read and of all.
pub fn follow_unread(
    mut headings: Vec<Heading>,
    mut unread: Vec<Unread>,
    options: &Options,
    limits: &Limits,
    progress: &mut dyn FnMut(usize, usize),
) -> (Result<Analysis, Incomparable>, Vec<InputError>) {
    let mut failures = Vec::new();
    loop {
        let mut follower = match Follower::new(headings, options) {
            Ok(follower) => follower,
            Err(incomparable) => return (Err(incomparable), failures),
        };
        let order = follower.order();
        let mut damaged = Vec::new();
        let mut indexes = order.iter().enumerate();
        read_each(order.iter().map(|index| &unread[*index]).collect(), limits, |profile| {
            let Some((done, index)) = indexes.next() else { return };
            progress(done + 1, order.len());
            match profile {
                Ok(profile) => follower.add(*index, profile),
                Err(error) => damaged.push((*index, error)),
            }
        });
        if damaged.is_empty() {
            return (Ok(follower.finish()), failures);
        }
        damaged.sort_by_key(|(index, _)| *index);
        for (index, _) in damaged.iter().rev() {
            unread.remove(*index);
        }
        failures.extend(damaged.into_iter().map(|(_, error)| error));
        // Not kept all the while, for a case so rare.
        headings = Vec::with_capacity(unread.len());
        unread.retain(|one| match one.look(limits) {
            Ok(heading) => {
                headings.push(heading);
                true
            }
            Err(error) => {
                failures.push(error);
                false
            }
        });
    }
}
