//! A made fleet: the stacks, sizes and builds are those of recordings; how often each allocates and how long it keeps follows seeded dice.

use fastrand::Rng;
use flate2::Compression;
use flate2::write::GzEncoder;
use pprof_leaks::input::proto::Profile;
use pprof_leaks::profile::{Kind, stamp};
use pprof_leaks::store::{Ending, Instance, Store};
use prost::Message;
use serde::{Deserialize, Serialize};
use std::error::Error;
use std::io::{Read, Write};
use std::path::Path;

/// The snapshots of an instance are spread over a day.
const DAY: i64 = 24 * 3_600_000_000_000;
/// When the first is taken.
const START: i64 = 1_795_478_400_000_000_000;
/// A part of the instances restarts once.
const RESTARTS: f64 = 0.2;
/// The three kinds of leaks that are planted in turn.
const KINDS: [&str; 3] = ["one build", "few pods", "too small"];

/// How large the fleet is.
pub(crate) struct Plan {
    pub(crate) jobs: usize,
    pub(crate) instances: usize,
    pub(crate) snapshots: usize,
    pub(crate) leaks: usize,
    pub(crate) seed: u64,
}

impl Default for Plan {
    fn default() -> Plan {
        Plan { jobs: 6, instances: 20, snapshots: 48, leaks: 3, seed: 1 }
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
}

/// Where the truth stands.
pub(crate) const TRUTH: &str = "truth.json";

/// A stack at one size, and what it does in this job.
struct Place {
    sample: usize,
    size: f64,
    /// Sampled births an interval, at the mean load.
    pace: f64,
    /// The mean lifetime in intervals.
    lifetime: f64,
    /// A cache keeps so many, and then no more.
    cache: f64,
    planted: Option<usize>,
}

/// A place in one life of one instance.
#[derive(Clone, Copy, Default)]
struct State {
    born: u64,
    mortal: u64,
    kept: u64,
}

/// A leak in the making.
struct Planted {
    truth: Truth,
    place: usize,
    pace: f64,
    pods: Vec<bool>,
}

/// Makes it.
pub(crate) fn make(root: &Path, plan: &Plan) -> Result<(), Box<dyn Error>> {
    let mut templates: Vec<(String, Profile)> = Vec::new();
    for service in std::fs::read_dir("testdata/services")? {
        let folder = service?.path();
        let file = folder.join("recording/heap-08.pb.gz");
        if file.is_file() {
            let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
            templates.push((name, read(&file)?));
        }
    }
    // Those in which the service's own code allocates something.
    templates.retain(|(service, template)| {
        (0..template.sample.len()).any(|sample| own_function(template, service, sample).is_some())
    });
    templates.sort_by(|a, b| a.0.cmp(&b.0));
    let store = Store::open(root)?;
    let mut truths = Vec::new();
    for job in 0..plan.jobs {
        let (service, template) = &templates[job % templates.len()];
        let name = format!("{service}-{job:02}");
        let mut dice = Rng::with_seed(plan.seed.wrapping_mul(1_000_003) + job as u64);
        let mut places = places(template, plan, &mut dice);
        // Leaks stand in the first services, one in each.
        let leak =
            (job < plan.leaks).then(|| plant(template, service, &mut places, job, plan, &mut dice)).flatten();
        let leak =
            leak.map(|planted| Planted { truth: Truth { job: name.clone(), ..planted.truth }, ..planted });
        for instance in 0..plan.instances {
            let who = Instance::new(&name, &format!("{service}-{instance:04}:6060"))?;
            live(&store, &who, template, &places, leak.as_ref(), (job, instance), plan)?;
        }
        truths.extend(leak.map(|leak| leak.truth));
    }
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

fn read(file: &Path) -> Result<Profile, Box<dyn Error>> {
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(std::fs::File::open(file)?).read_to_end(&mut bytes)?;
    Ok(Profile::decode(bytes.as_slice())?)
}

/// What each stack does: most turn over, some were made at the start, one or two are caches that fill.
fn places(template: &Profile, plan: &Plan, dice: &mut Rng) -> Vec<Place> {
    let rate = template.period as f64;
    let mut places = Vec::new();
    for (sample, values) in template.sample.iter().enumerate() {
        let (objects, bytes) = (values.value[0] as f64, values.value[1] as f64);
        if objects <= 0.0 || bytes <= 0.0 {
            continue;
        }
        let size = bytes / objects;
        let sampled = objects * (1.0 - (-size / rate).exp());
        let lifetime = (dice.f64() * 3.0 - 1.6).exp();
        let is_cache = dice.f64() < 0.03;
        let starts_only = dice.f64() < 0.1;
        let pace = if starts_only { 0.0 } else { (sampled / 8.0).clamp(0.01, 2.0) };
        // Full after a twentieth to a quarter of a life.
        let fills = plan.snapshots as f64 / 3.0 * (0.05 + 0.2 * dice.f64());
        places.push(Place {
            sample,
            size,
            pace,
            lifetime,
            cache: if is_cache { pace * fills } else { 0.0 },
            planted: None,
        });
    }
    places
}

/// Plants a leak in a place of the service's own code.
fn plant(
    template: &Profile,
    service: &str,
    places: &mut [Place],
    job: usize,
    plan: &Plan,
    dice: &mut Rng,
) -> Option<Planted> {
    let own = |place: &Place| own_function(template, service, place.sample);
    let candidates: Vec<usize> = (0..places.len()).filter(|i| own(&places[*i]).is_some()).collect();
    let place = *candidates.get(dice.usize(0..candidates.len().max(1)))?;
    let function = own(&places[place])?;
    let kind = KINDS[job % KINDS.len()];
    let (n, k) = (plan.instances, plan.snapshots as f64);
    let few = (n as f64 * 0.01).ceil().max(1.0) as usize;
    // Kept sampled objects in a life of all snapshots: plain in one process; plain; and some three, which say nothing in one.
    let (first_build, pods, pace) = match kind {
        "one build" => (1 + job % 2, n, 60.0 / k),
        "few pods" => (0, few, 60.0 / k),
        _ => (0, n, 3.0 / k),
    };
    let mut chosen = vec![false; n];
    let mut order: Vec<usize> = (0..n).collect();
    dice.shuffle(&mut order);
    order.iter().take(pods).for_each(|pod| chosen[*pod] = true);
    // What leaks a little does little else.
    places[place].pace = if kind == "too small" { pace } else { places[place].pace.min(0.5) };
    places[place].cache = 0.0;
    places[place].planted = Some(0);
    let truth = Truth { job: String::new(), function, kind: kind.to_owned(), first_build, pods, of: n };
    Some(Planted { truth, place, pace, pods: chosen })
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
fn live(
    store: &Store,
    who: &Instance,
    template: &Profile,
    places: &[Place],
    leak: Option<&Planted>,
    (job, instance): (usize, usize),
    plan: &Plan,
) -> Result<(), Box<dyn Error>> {
    let mut dice = Rng::with_seed(
        plan.seed ^ ((job as u64) << 32 | instance as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15),
    );
    let k = plan.snapshots;
    // Two deploys that roll over the instances, and for some a restart in between.
    let rolling = k / 10 * instance / plan.instances.max(1);
    let deploys = [k / 3 + rolling, 2 * k / 3 + rolling];
    let restart = (dice.f64() < RESTARTS).then(|| dice.usize(1..k.max(2)));
    let mut states = begin(places, &mut dice);
    for snapshot in 0..k {
        let build = deploys.iter().filter(|deploy| snapshot >= **deploy).count();
        if deploys.contains(&snapshot) || restart == Some(snapshot) {
            states = begin(places, &mut dice);
        }
        let day = snapshot as f64 / k as f64 * std::f64::consts::TAU;
        let load = 1.0 + 0.5 * day.sin();
        for (index, (place, state)) in places.iter().zip(&mut states).enumerate() {
            let leaks = leak
                .filter(|leak| leak.place == index && leak.pods[instance] && build >= leak.truth.first_build);
            step(place, state, load, leaks.map_or(0.0, |leak| leak.pace), leak, &mut dice);
        }
        write(store, who, template, places, &states, build, START + snapshot as i64 * (DAY / k as i64))?;
    }
    Ok(())
}

fn begin(places: &[Place], dice: &mut Rng) -> Vec<State> {
    let start = |place: &Place| match place.pace {
        0.0 => State { born: 2, mortal: 0, kept: 2 },
        pace => {
            let live = poisson(dice, pace * place.lifetime.min(4.0));
            State { born: live, mortal: live, kept: 0 }
        }
    };
    places.iter().map(start).collect()
}

/// One interval: what comes, what is kept of it, and what goes.
fn step(place: &Place, state: &mut State, load: f64, kept: f64, leak: Option<&Planted>, dice: &mut Rng) {
    let is_small = place.planted.is_some() && leak.is_some_and(|leak| leak.truth.kind == "too small");
    let births = if is_small && kept > 0.0 { 0 } else { poisson(dice, place.pace * load) };
    let leaked = poisson(dice, kept * load);
    let died = (0..state.mortal).filter(|_| dice.f64() < 1.0 - (-1.0 / place.lifetime).exp()).count() as u64;
    let cached = if (state.kept as f64) < place.cache { births } else { 0 };
    state.born += births + leaked;
    state.kept += leaked + cached;
    state.mortal = state.mortal - died + (births - cached);
}

fn poisson(dice: &mut Rng, mean: f64) -> u64 {
    let (limit, mut product, mut count) = ((-mean).exp(), dice.f64(), 0);
    while product > limit && count < 1000 {
        product *= dice.f64();
        count += 1;
    }
    count
}

fn write(
    store: &Store,
    who: &Instance,
    template: &Profile,
    places: &[Place],
    states: &[State],
    build: usize,
    nanos: i64,
) -> Result<(), Box<dyn Error>> {
    let mut profile = template.clone();
    let rate = template.period as f64;
    // As Go scales what it sampled.
    let scaled = |count: u64, size: f64| {
        let scale = 1.0 / (1.0 - (-size / rate).exp());
        let count = count as f64;
        ((count * scale) as i64, (count * size * scale) as i64)
    };
    let mut samples = Vec::new();
    for (place, state) in places.iter().zip(states).filter(|(_, state)| state.born > 0) {
        let size = place.size.round().max(1.0);
        let (born, live) = (scaled(state.born, size), scaled(state.mortal + state.kept, size));
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
    // Not through the store, which waits for the disk with each.
    let folder = store.folder(who).join(Kind::Heap.name());
    let name = stamp(nanos).ok_or("a time out of range")?;
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join(format!("{name}{}", Ending::Proto.name())), packed.finish()?)?;
    Ok(())
}
