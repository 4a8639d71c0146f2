//! One process to be scraped: where, under which name, with which labels.

use super::{Address, AddressError, Credentials, Job, Login};
use crate::store::{Instance, InstanceError};
use std::collections::BTreeMap;
use std::sync::Arc;
use thiserror::Error;

/// One process to be scraped.
#[derive(Clone, Debug)]
pub struct Target {
    /// Its name in the store.
    pub instance: Instance,
    /// Where its profiles are.
    pub address: Address,
    /// A login in its own URL.
    pub login: Option<Login>,
    /// Further labels, as service discovery gave them.
    pub labels: BTreeMap<String, String>,
    /// How it is scraped.
    pub job: Arc<Job>,
}

/// Why something is no target.
#[derive(Debug, Error)]
pub enum TargetError {
    /// It has no usable address.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// It has no usable name.
    #[error(transparent)]
    Name(#[from] InstanceError),
}

impl Target {
    /// A target at an address as people type it. Of the labels, `job` and `instance` name it, `__scheme__` and
    /// `__pprof_path__` say what the address does not, others of two underscores are left out, and the rest is carried
    /// along.
    ///
    /// # Errors
    /// If the address is none, or a name no name.
    pub fn new(
        address: &str,
        labels: &BTreeMap<String, String>,
        job: &Arc<Job>,
    ) -> Result<Target, TargetError> {
        let label = |name: &str| labels.get(name).map(String::as_str).filter(|value| !value.is_empty());
        let (address, login) = Address::parse(address, label("__scheme__"), label("__pprof_path__"))?;
        let instance = Instance::new(
            label("job").unwrap_or(&job.name),
            label("instance").unwrap_or(address.authority()),
        )?;
        let named = |name: &str| name == "job" || name == "instance" || name.starts_with("__");
        let labels = labels.iter().filter(|(name, _)| !named(name));
        Ok(Target {
            instance,
            address,
            login,
            labels: labels.map(|(name, value)| (name.clone(), value.clone())).collect(),
            job: Arc::clone(job),
        })
    }

    /// Whether credentials are sent to it where others can read them.
    pub fn exposes_credentials(&self) -> bool {
        let has_some = self.login.is_some() || self.job.credentials.is_some() || !self.job.headers.is_empty();
        has_some && self.address.is_in_the_open()
    }

    /// Its own login, or that of its job.
    pub(super) fn credentials(&self) -> Option<Credentials> {
        self.login.clone().map(Credentials::Basic).or_else(|| self.job.credentials.clone())
    }
}
