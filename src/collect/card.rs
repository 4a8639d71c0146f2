//! Who an instance is, in a note beside its snapshots: for the reports, long after it was scraped.

use super::Target;
use crate::store::{Instance, Store};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// The note.
const NOTE: &str = "instance.json";

/// An instance as its reports name it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// The service.
    pub job: String,
    /// The process.
    pub instance: String,
    /// Where its profiles are, without a login.
    pub address: String,
    /// Its further labels.
    pub labels: BTreeMap<String, String>,
}

impl Card {
    /// The card of a target.
    pub fn of(target: &Target) -> Card {
        Card {
            job: target.instance.job().to_owned(),
            instance: target.instance.name().to_owned(),
            address: target.address.to_string(),
            labels: target.labels.clone(),
        }
    }

    /// The card beside the snapshots of an instance, if there is one.
    pub fn read(store: &Store, instance: &Instance) -> Option<Card> {
        store.note(instance, NOTE)
    }

    /// The card of the instance whose folder this is, if there is one.
    pub fn of_folder(folder: &Path) -> Option<Card> {
        let (store, instance) = Store::around(folder)?;
        Card::read(&store, &instance)
    }

    /// Puts it beside the snapshots, unless it is there. What cannot be written now is written in the next round.
    pub(super) fn keep(&self, store: &Store, instance: &Instance) {
        if Card::read(store, instance).as_ref() != Some(self) {
            let _ = store.write_hint(instance, NOTE, self);
        }
    }
}
