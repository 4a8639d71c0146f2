//! The sentences about the evidence of a suspect, each with whether it speaks for a leak.

use super::units::{count, duration, percent, probability, quantity, signed};
use crate::clusters::Subject;
use crate::diagnose::Outlet;
use crate::growth::Climb;
use crate::judge::policy::HELD_BY_A_GOROUTINE;
use crate::judge::{Class, Estimate, Posterior, policy};
use crate::profile::Unit;
use crate::suspects::{Criteria, Evidence};

/// What is less likely is left out.
const LIKELY: f64 = 0.05;

const SWELLS: &str = "the live objects (slices, buffers or tables) became larger beyond chance";
const ONE_FOR_ONE: &str = "as many objects came as goroutines, snapshot by snapshot";
const SPREAD: &str =
    "stacks below this function grow a little each; it is the deepest that carries the growth";
const BUSY_PLACE: &str = "a busy place that keeps next to nothing may only seem to grow, with garbage that was not yet collected; but nothing \
                          else that grew explains the heap";
const OFFSET: &str =
    "and as a whole it does not go on: old values replaced by new ones that other callers make";
const YOUNG: &str = "and minutes after the start of a process a store that fills grows as evenly as a leak";
const SOMETHING_FREES: &str = "the source shows something that takes out of what keeps it, so it may be a store that fills; whether that is enough, only \
                               a longer time shows";
const BOUNDED_CACHE: &str = "it is kept in a cache of a library, which gives up an entry for each new one once it is full; see how \
                             large it may become";
const MADE_TO_CACHE: &str = "the function that makes it puts something into a cache of a library, which gives up an entry for each \
                             new one once it is full; if that is what keeps it, see how large the cache may become";
const NOTHING_FREES: &str =
    "the source shows what keeps it and nothing that takes it out again, so it is no store that fills";
const TINY_BLOCKS: &str =
    "only 16-byte blocks grew, which several tiny objects may share: another site may be what keeps them";
const RUNTIME_OWN: &str = "this is the runtime's own bookkeeping (descriptors of goroutines and threads), which is kept for reuse: it follows the \
                           number of goroutines";
const UNCERTAIN_SAMPLING: &str = "the sampled counts are not known, so chance is not computed exactly";
const TWO_SNAPSHOTS: &str =
    "two snapshots show growth, not that it goes on; take a third after as long again";
const WITH_LOAD: &str =
    "it grows as the load does: more is allocated, and what is allocated lives no longer than before";
const LOAD_GROWS: &str = "the rest of the program allocates faster in the same measure: it may be the load that grows; compare snapshots taken at \
                          the same load, or two goroutine?debug=2 dumps, which show whether they are the same ones";
const NETWORK_WAIT: &str =
    "they wait for the network: the number of connections may follow that of the peers";
const PASSING_WAIT: &str = "most of them sleep, which ends by itself, so this may be a busy moment; compare goroutine?debug=2 dumps, which show \
                            whether they are the same ones";

/// One finding: whether it speaks for the suspect, and the sentence.
pub(super) fn evidence(evidence: &Evidence, subject: Subject) -> (bool, String) {
    let against = |text: &str| (false, text.to_owned());
    let number = |n: u64| count(n as f64);
    match evidence {
        Evidence::Probability { posterior, lives, more } => probable(posterior, *lives, *more),
        Evidence::Kept { share, size } => kept(share, *size),
        Evidence::Significance { p_value, q_value, counts, turnover } => {
            beyond_chance(*p_value, *q_value, *counts, *turnover, subject)
        }
        Evidence::Material { held, per_day, share, min_growth } => {
            material(*held, *per_day, *share, *min_growth, subject)
        }
        Evidence::Climbs(climb) => (true, climbs(climb)),
        Evidence::Swells { p_value, kept } => {
            let (chance, kept) = (probability("p", *p_value), percent(*kept));
            (true, format!("{SWELLS}, {chance}, and {kept} of the bytes allocated for it stayed"))
        }
        Evidence::Sizes(sizes) => {
            let of = |(size, growth): &(i64, i64)| {
                format!("{} ({})", bytes(*size), signed(*growth as f64, Unit::Bytes))
            };
            (true, format!("object sizes that grew most: {}", list(sizes, of)))
        }
        Evidence::Spread { stacks } => (true, format!("{stacks} {SPREAD}")),
        Evidence::PinnedBy { goroutines, bytes_each } => {
            let each = quantity(*bytes_each, Unit::Bytes);
            (true, format!("{} more goroutines hold the memory that grew, {each} each", count(*goroutines)))
        }
        Evidence::OneForOne { size, objects, error, goroutines } => {
            let objects = format!("{} ± {} of {}", count(*objects), count(*error), bytes(*size));
            (true, format!("{ONE_FOR_ONE}: {objects} and {}, so each seems to hold one", count(*goroutines)))
        }
        Evidence::Offset { share } => (
            false,
            format!("other stacks of the same function lost {} of that, {OFFSET}", percent(share.min(1.0))),
        ),
        Evidence::Proved(n) => (
            true,
            format!(
                "the garbage collector proved that {} goroutines of this function can never run again",
                number(*n)
            ),
        ),
        Evidence::Stayed { of_middle, stayed, of } => {
            let when = if *of_middle { "half-way" } else { "before" };
            let text = format!(
                "of the {} there {when}, {} are still at the same place",
                number(*of),
                number(*stayed)
            );
            (*stayed * 2 >= *of, text)
        }
        Evidence::States(states) => {
            let most = &states[..states.len().min(3)];
            (true, format!("they wait: {}", list(most, |(state, n)| format!("{} in `{state}`", number(*n)))))
        }
        Evidence::Labels(labels) => (
            true,
            format!("they are labelled: {}", list(labels, |(label, n)| format!("{} `{label}`", number(*n)))),
        ),
        Evidence::LongestWait(minutes) => (true, format!("the longest wait is {} min", number(*minutes))),
        Evidence::CreatedBy(function, n) => {
            (true, format!("{} of them were started by {function}", number(*n)))
        }
        Evidence::BusyPlace => against(BUSY_PLACE),
        Evidence::Few(objects) => (false, few(*objects)),
        Evidence::Young { hours } => (false, format!("it has grown for {}, {YOUNG}", duration(*hours))),
        Evidence::Outlet(outlet) => (*outlet == Outlet::Nothing, of_outlet(*outlet).to_owned()),
        Evidence::TinyBlocks => against(TINY_BLOCKS),
        Evidence::RuntimeOwn => against(RUNTIME_OWN),
        Evidence::UncertainSampling => against(UNCERTAIN_SAMPLING),
        Evidence::TwoSnapshots => against(TWO_SNAPSHOTS),
        Evidence::WithLoad => against(WITH_LOAD),
        Evidence::LoadGrows => against(LOAD_GROWS),
        Evidence::NetworkWait => against(NETWORK_WAIT),
        Evidence::PassingWait => against(PASSING_WAIT),
    }
}

fn few(objects: f64) -> String {
    format!("it rests on {} more sampled objects, and one more or less decides", count(objects))
}

fn bytes(size: i64) -> String {
    quantity(size as f64, Unit::Bytes)
}

fn list<T>(items: &[T], of: impl Fn(&T) -> String) -> String {
    items.iter().map(of).collect::<Vec<_>>().join(", ")
}

fn probable(posterior: &Posterior, lives: usize, more: Option<usize>) -> (bool, String) {
    let leak = posterior.leak();
    let over = if lives > 1 { format!(" over {lives} lives of the process") } else { String::new() };
    let rest: Vec<String> = [Class::Filling, Class::Full, Class::Flushed, Class::Turnover]
        .into_iter()
        .filter(|class| posterior.of_class(*class) >= LIKELY)
        .map(|class| format!("{} {}", class_words(class), percent(posterior.of_class(class))))
        .collect();
    let rest = if rest.is_empty() { String::new() } else { format!("; else {}", rest.join(", ")) };
    let more = match more {
        None => String::new(),
        Some(1) => ". One more snapshot, as far apart, could make it high".to_owned(),
        Some(more) => format!(". {more} more snapshots, as far apart, could make it high"),
    };
    let text = format!("a leak with a probability of {}{over}{rest}{more}", certain_percent(leak));
    (leak >= policy::MEDIUM, text)
}

fn of_outlet(outlet: Outlet) -> &'static str {
    match outlet {
        Outlet::Nothing => NOTHING_FREES,
        Outlet::InSource => SOMETHING_FREES,
        Outlet::BoundedCache => BOUNDED_CACHE,
        Outlet::MadeToCache => MADE_TO_CACHE,
    }
}

fn kept(share: &Estimate, size: Option<i64>) -> (bool, String) {
    let what = size.map_or("what it allocates".to_owned(), |size| {
        format!("the objects of {} that it allocates", bytes(size))
    });
    let [mean, low, high] = [share.mean, share.low, share.high].map(percent);
    (share.low > 0.0, format!("if it leaks, {mean} of {what} is never freed (95 %: {low} to {high})"))
}

fn beyond_chance(
    p_value: f64,
    q_value: f64,
    counts: (u64, u64),
    turnover: Option<(u64, u64)>,
    subject: Subject,
) -> (bool, String) {
    let held = q_value <= Criteria::MEDIUM_Q;
    let things = if subject == Subject::Heap { "sampled objects" } else { "goroutines" };
    let turnover = turnover.map_or(String::new(), |(new, freed)| {
        format!(" ({} new, {} freed)", count(new as f64), count(freed as f64))
    });
    let text = format!(
        "{} -> {} {things}{turnover}: {} chance, {}, {}",
        count(counts.0 as f64),
        count(counts.1 as f64),
        if held { "beyond" } else { "within" },
        probability("p", p_value),
        probability("q", q_value)
    );
    (held, text)
}

fn material(
    held: bool,
    per_day: Option<f64>,
    share: Option<f64>,
    min_growth: f64,
    subject: Subject,
) -> (bool, String) {
    let cost = match subject {
        Subject::Heap => String::new(),
        Subject::Goroutine => {
            format!(", if each goroutine holds {}", quantity(HELD_BY_A_GOROUTINE, Unit::Bytes))
        }
    };
    let rate = per_day
        .map_or("at an unknown rate".to_owned(), |r| format!("{} a day{cost}", quantity(r, Unit::Bytes)));
    if held {
        return (held, format!("large enough to matter: {rate}"));
    }
    let share = share.map_or(String::new(), |s| format!(", {} of all growth of its kind", percent(s)));
    let least = quantity(min_growth, Unit::Bytes);
    (held, format!("too little to matter: {rate}{share} (--min-growth is {least} a day)"))
}

fn climbs(climb: &Climb) -> String {
    let from = match climb.from {
        0 => "nothing".to_owned(),
        from => bytes(from),
    };
    let steps = match climb.steps {
        1 => "once".to_owned(),
        n => format!("{n} times"),
    };
    format!(
        "one object (a slice, buffer or table) was replaced by a bigger one {steps}, from {from} to {}; objects this large have no \
         sampling error",
        bytes(climb.to)
    )
}

/// A probability in per cent that is never rounded to certainty.
fn certain_percent(share: f64) -> String {
    match share {
        share if share > 0.995 => "more than 99 %".to_owned(),
        share => percent(share),
    }
}

fn class_words(class: Class) -> &'static str {
    match class {
        Class::Leak => "a leak",
        Class::Filling => "a store that is not full yet",
        Class::Full => "growth that has ended",
        Class::Flushed => "a store that is flushed from time to time",
        Class::Turnover => "objects that come and go",
    }
}
