//! A made fleet: the stacks, sizes and builds are those of recordings; how often each allocates and how long it keeps follows seeded dice.

use super::process::{Place, State, load};
use fastrand::Rng;
use flate2::Compression;
use flate2::write::GzEncoder;
use pprof_leaks::input::proto::Profile;
use pprof_leaks::profile::{Kind, SamplingRate, stamp};
use pprof_leaks::store::{Ending, Instance, Store};
use prost::Message;
use serde::{Deserialize, Serialize};
use std::error::Error;
use std::io::{Read, Write};
use std::ops::Range;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The snapshots of an instance are spread over a day, of so many hours.
const DAY: f64 = 24.0;
/// Nanoseconds.
const HOUR: f64 = 3_600_000_000_000.0;
/// When the first is taken.
const START: i64 = 1_795_478_400_000_000_000;
/// A part of the instances restarts once.
const RESTARTS: f64 = 0.2;
/// Hours for which the processes have run before the first snapshot, at most.
const OLDEST: f64 = 24.0;
/// The shortest mean lifetime in hours of what is allocated and freed.
const SHORTEST: f64 = 1.0 / 60.0;
/// Sampled objects that a stack allocates in an hour.
const PACES: Range<f64> = 0.1..24.0;
/// Hours after which a cache is full, at the mean load.
const FILLS: Range<f64> = 0.4..2.0;
/// The part of the stacks that are caches, and the part that allocate at the start only.
const CACHES: f64 = 0.03;
const STARTS_ONLY: f64 = 0.1;
/// What the function of a plain leak allocates and frees besides, at most, in sampled objects an hour: of less than a tenth that is kept nothing is
/// said (`LEAST_SHARE` in docs/judging.md).
const BESIDE_A_LEAK: f64 = 6.0;

/// Services that sample at the rate Go has by default: what leaks is given in sampled objects, and those of a finer rate are worth less.
const SAMPLED_EVERY: i64 = 512 << 10;
/// No leak stands where all objects are so small: Go puts several of these into one block, so that none says who keeps it.
const TINY_BLOCK: i64 = 16;

/// A leak that one process shows: sampled objects that it keeps in an hour.
const PLAIN: f64 = 2.5;
/// One that none shows: one sampled object in eight hours, the time from a deploy to the next. As many come and go beside it.
const TOO_SMALL: f64 = 0.125;
/// The part of the pods that have a leak of the second kind, at least one.
const FEW: f64 = 0.01;

/// The kinds of leaks that are planted in turn.
const KINDS: [&str; 3] = ["one build", "few pods", "too small"];

/// How large the fleet is.
pub(crate) struct Plan {
    pub(crate) jobs: usize,
    pub(crate) instances: usize,
    pub(crate) snapshots: usize,
    pub(crate) leaks: usize,
    pub(crate) seed: u64,
    /// The longest mean lifetime of what is allocated and freed, in minutes.
    pub(crate) longest: usize,
}

impl Default for Plan {
    fn default() -> Plan {
        Plan { jobs: 6, instances: 20, snapshots: 48, leaks: 3, seed: 1, longest: 20 }
    }
}

/// A planted leak, as it is written beside the store.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Truth {
    pub(crate) job: String,
    pub(crate) function: String,
    pub(crate) kind: String,
    /// The number of the first build that has it, from 0.
    pub(crate) first_build: usize,
    /// In so many instances.
    pub(crate) pods: usize,
    pub(crate) of: usize,
    /// Sampled objects kept an hour by each of these, at the mean load.
    pub(crate) each: f64,
    /// Bytes that one of them stands for.
    pub(crate) bytes: f64,
}

/// Where the truth stands.
pub(crate) const TRUTH: &str = "truth.json";

/// A leak in the making.
struct Planted {
    truth: Truth,
    place: usize,
    pods: Vec<bool>,
}

/// A service in the making.
struct Service<'a> {
    name: String,
    program: &'a str,
    template: &'a Profile,
    number: usize,
    places: Vec<Place>,
    leak: Option<Planted>,
}

/// What can go wrong, on any thread.
type Failure = Box<dyn Error + Send + Sync>;

/// Makes it, a service at a time on each core.
pub(crate) fn make(root: &Path, plan: &Plan) -> Result<(), Box<dyn Error>> {
    let templates = templates().map_err(|error| error.to_string())?;
    let store = Store::open(root)?;
    let services: Vec<Service<'_>> = (0..plan.jobs).map(|job| service(&templates, job, plan)).collect();
    let next = AtomicUsize::new(0);
    let work = || -> Result<(), Failure> {
        while let Some(service) = services.get(next.fetch_add(1, Ordering::Relaxed)) {
            (0..plan.instances).try_for_each(|instance| live(&store, service, instance, plan))?;
        }
        Ok(())
    };
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .try_for_each(|worker| worker.join().unwrap_or_else(|_| Err("a thread ended".into())))
    })
    .map_err(|error| error.to_string())?;
    let truths: Vec<&Truth> =
        services.iter().filter_map(|service| Some(&service.leak.as_ref()?.truth)).collect();
    std::fs::write(root.join(TRUTH), serde_json::to_string_pretty(&truths)?)?;
    println!(
        "{} jobs, {} instances, {} snapshots, {} leaks",
        plan.jobs,
        plan.jobs * plan.instances,
        plan.jobs * plan.instances * plan.snapshots,
        truths.len()
    );
    Ok(())
}

/// The last heap profile of each recorded service whose own code allocates something, by name.
fn templates() -> Result<Vec<(String, Profile)>, Failure> {
    let mut templates: Vec<(String, Profile)> = Vec::new();
    for service in std::fs::read_dir("testdata/services")? {
        let folder = service?.path();
        let file = folder.join("recording/heap-08.pb.gz");
        if file.is_file() {
            let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
            templates.push((name, read(&file)?));
        }
    }
    templates.retain(|(service, template)| {
        template.period == SAMPLED_EVERY
            && (0..template.sample.len()).any(|sample| own_function(template, service, sample).is_some())
    });
    templates.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(templates)
}

fn read(file: &Path) -> Result<Profile, Failure> {
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(std::fs::File::open(file)?).read_to_end(&mut bytes)?;
    Ok(Profile::decode(bytes.as_slice())?)
}

/// The service of a number. Leaks stand in the first ones, one in each.
fn service<'a>(templates: &'a [(String, Profile)], number: usize, plan: &Plan) -> Service<'a> {
    let (program, template) = &templates[number % templates.len()];
    let mut dice = Rng::with_seed(plan.seed.wrapping_mul(1_000_003) + number as u64);
    let places = places(template, plan, &mut dice);
    let mut service =
        Service { name: format!("{program}-{number:02}"), program, template, number, places, leak: None };
    if number < plan.leaks {
        service.leak = plant(&mut service, plan.instances, &mut dice);
    }
    service
}

/// What each stack does: most turn over, some are there from the start, one or two are caches that fill.
fn places(template: &Profile, plan: &Plan, dice: &mut Rng) -> Vec<Place> {
    let rate = SamplingRate(template.period);
    let mut places = Vec::new();
    for (sample, values) in template.sample.iter().enumerate() {
        if values.value[0] <= 0 || values.value[1] <= 0 {
            continue;
        }
        // As the recording says it: bytes over objects, both cut to whole numbers, are not it.
        let size = values.label.first().map_or(0, |label| label.num);
        let sampled = rate.at(size).sampled_count(values.value[1]) as f64;
        let lifetime = SHORTEST * (plan.longest as f64 / 60.0 / SHORTEST).powf(dice.f64());
        let (is_cache, starts_only) = (dice.f64() < CACHES, dice.f64() < STARTS_ONLY);
        // What a recording of two minutes allocated often is allocated often.
        let pace = if starts_only { 0.0 } else { (1.5 * sampled).clamp(PACES.start, PACES.end) };
        let fills = FILLS.start + (FILLS.end - FILLS.start) * dice.f64();
        places.push(Place {
            sample,
            size,
            pace,
            lifetime,
            at_start: if starts_only { 2 } else { 0 },
            cache: if is_cache { pace * fills } else { 0.0 },
        });
    }
    places
}

/// Plants a leak in a stack of the service's own code.
fn plant(service: &mut Service<'_>, instances: usize, dice: &mut Rng) -> Option<Planted> {
    let Service { template, program, number, places, .. } = service;
    let own = |place: &Place| own_function(template, program, place.sample);
    let is_candidate = |i: &usize| places[*i].size > TINY_BLOCK && own(&places[*i]).is_some();
    let candidates: Vec<usize> = (0..places.len()).filter(is_candidate).collect();
    let place = *candidates.get(dice.usize(0..candidates.len().max(1)))?;
    let function = own(&places[place])?;
    let kind = KINDS[*number % KINDS.len()];
    let few = (instances as f64 * FEW).ceil().max(1.0) as usize;
    let (first_build, pods, each) = match kind {
        "one build" => (1 + *number % 2, instances, PLAIN),
        "few pods" => (0, few, PLAIN),
        _ => (0, instances, TOO_SMALL),
    };
    let mut chosen = vec![false; instances];
    let mut order: Vec<usize> = (0..instances).collect();
    dice.shuffle(&mut order);
    order.iter().take(pods).for_each(|pod| chosen[*pod] = true);
    // Its function does little else: it is neither a cache, nor so busy that nobody looks for so little.
    let most = if kind == "too small" { each } else { BESIDE_A_LEAK };
    let is_there = |place: &&mut Place| own(place).as_ref() == Some(&function);
    let all: f64 = places.iter_mut().filter(is_there).map(|place| place.pace).sum();
    for place in places.iter_mut().filter(is_there) {
        place.pace *= (most / all).min(1.0);
        (place.cache, place.at_start) = (0.0, 0);
    }
    let there = &places[place];
    let bytes = there.size as f64 / SamplingRate(template.period).probability(there.size);
    let job = service.name.clone();
    let truth = Truth { job, function, kind: kind.to_owned(), first_build, pods, of: instances, each, bytes };
    Some(Planted { truth, place, pods: chosen })
}

/// The function of the service's own code that is nearest to the allocation; `None` where the profiler allocates, which is set aside.
fn own_function(template: &Profile, service: &str, sample: usize) -> Option<String> {
    let text = |index: i64| template.string_table[index as usize].as_str();
    let stack: Vec<&str> = template.sample[sample]
        .location_id
        .iter()
        .filter_map(|id| template.location.iter().find(|location| location.id == *id))
        .flat_map(|location| &location.line)
        .filter_map(|line| template.function.iter().find(|function| function.id == line.function_id))
        .map(|function| text(function.name))
        .collect();
    if stack.iter().any(|name| name.starts_with("runtime/pprof.")) {
        return None;
    }
    let is_own = |name: &&&str| name.starts_with("main.") || name.starts_with(&format!("{service}/"));
    stack.iter().find(is_own).map(|name| (*name).to_owned())
}

/// The lives of one instance, snapshot by snapshot.
fn live(store: &Store, service: &Service<'_>, instance: usize, plan: &Plan) -> Result<(), Failure> {
    let Service { name, program, places, leak, number, .. } = service;
    let who = Instance::new(name, &format!("{program}-{instance:04}:6060"))?;
    let seed = ((*number as u64) << 32 | instance as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut dice = Rng::with_seed(plan.seed ^ seed);
    let k = plan.snapshots;
    let every = DAY / k as f64;
    // Two deploys that roll over the instances, and for some a restart in between.
    let rolling = k / 10 * instance / plan.instances.max(1);
    let deploys = [k / 3 + rolling, 2 * k / 3 + rolling];
    let restart = (dice.f64() < RESTARTS).then(|| dice.usize(1..k.max(2)));
    let build_at = |snapshot: usize| deploys.iter().filter(|deploy| snapshot >= **deploy).count();
    let pass = |states: &mut [State], build: usize, hour: f64, hours: f64, dice: &mut Rng| {
        for (index, (place, state)) in places.iter().zip(states).enumerate() {
            let has_it = |leak: &&Planted| {
                leak.place == index && leak.pods[instance] && build >= leak.truth.first_build
            };
            let leaks = leak.as_ref().filter(has_it).map_or(0.0, |leak| leak.truth.each);
            state.pass(place, hours, load(hour), leaks, dice);
        }
    };
    let begin = || places.iter().map(State::new).collect::<Vec<State>>();
    // It has run for some time before anybody looks.
    let mut states = begin();
    let before = dice.usize(1..=(OLDEST / every).ceil() as usize);
    for step in (0..before).rev() {
        pass(&mut states, 0, -(step as f64) * every, every, &mut dice);
    }
    for snapshot in 0..k {
        let (build, hour) = (build_at(snapshot), snapshot as f64 * every);
        let begins = deploys.contains(&snapshot) || restart == Some(snapshot);
        // A process starts somewhere between two snapshots.
        let hours = if begins { every * (1.0 - dice.f64()) } else { every };
        if begins {
            states = begin();
        }
        if snapshot > 0 {
            pass(&mut states, build, hour, hours, &mut dice);
        }
        let nanos = START + (hour * HOUR) as i64;
        let packed = pack(service, &states, build, nanos)?;
        // Not through the store, which waits for the disk with each.
        let folder = store.folder(&who).join(Kind::Heap.name());
        let stamp = stamp(nanos).ok_or("a time out of range")?;
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join(format!("{stamp}{}", Ending::Proto.name())), packed)?;
    }
    Ok(())
}

/// A snapshot, as Go scales what it sampled.
fn pack(service: &Service<'_>, states: &[State], build: usize, nanos: i64) -> Result<Vec<u8>, Failure> {
    let Service { template, places, .. } = service;
    let mut profile = (*template).clone();
    let rate = SamplingRate(template.period);
    let mut samples = Vec::new();
    for (place, state) in places.iter().zip(states).filter(|(_, state)| state.born > 0) {
        let estimate = |count: u64| rate.estimate(i64::try_from(count).unwrap_or(i64::MAX), place.size);
        let (born, live) = (estimate(state.born), estimate(state.live()));
        let mut sample = template.sample[place.sample].clone();
        sample.value = vec![born.0, born.1, live.0, live.1];
        samples.push(sample);
    }
    profile.sample = samples;
    profile.time_nanos = nanos;
    let id = profile.string_table.len() as i64;
    profile.string_table.push(format!("{build:02}{}", "b".repeat(38)));
    if let Some(mapping) = profile.mapping.first_mut() {
        mapping.build_id = id;
    }
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(&profile.encode_to_vec())?;
    Ok(packed.finish()?)
}
