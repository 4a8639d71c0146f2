//! TEMP
use super::{Limits, Problem};
use crate::profile::RawProfile;
pub(super) fn read(_text: &str, _source: &str, _limits: &Limits) -> Result<RawProfile, Problem> {
    Err(Problem::Empty)
}
