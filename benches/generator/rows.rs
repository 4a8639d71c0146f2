//! The rows of the heap profile as time goes on: what was allocated and what is live, in sampled objects.

use super::program::Program;
use super::random::Random;

/// A stack at one object size.
pub(super) struct Row {
    pub(super) stack: usize,
    pub(super) size: i64,
    pub(super) allocated: i64,
    pub(super) live: i64,
    /// Sampled allocations in ten minutes.
    rate: f64,
    fate: Fate,
}

/// What becomes of the objects of a row.
enum Fate {
    /// They are freed soon, as most are.
    Freed,
    /// A few of them are always live.
    Replaced,
    /// What was allocated at the start stays, and nothing is added.
    Start,
    /// They all stay.
    Leaked,
}

pub(super) struct Rows {
    pub(super) rows: Vec<Row>,
    /// The call sites of each stack, leaf first, one stack after the other; walked once, as each snapshot needs them.
    call_sites: Vec<u32>,
    /// Where each stack ends.
    ends: Vec<usize>,
    /// Rows of the first snapshot.
    samples: usize,
    snapshots: u64,
}

/// In ten minutes one row appears for each so many that are there.
const NEW_ONE_IN: usize = 40;
/// Beyond ten snapshots' worth no new code paths are found.
const MOST_NEW: usize = 10;

const SIZES: [i64; 28] = [
    8, 16, 16, 24, 32, 48, 48, 64, 64, 80, 96, 112, 128, 144, 160, 192, 208, 256, 288, 352, 416, 512, 768,
    1024, 2048, 4096, 9472, 32768,
];

impl Rows {
    pub(super) fn new(samples: usize) -> Rows {
        Rows { rows: Vec::new(), call_sites: Vec::new(), ends: Vec::new(), samples, snapshots: 0 }
    }

    /// Lets ten minutes pass.
    pub(super) fn advance(&mut self, program: &Program) {
        let wanted = self.samples + self.samples * (self.snapshots as usize).min(MOST_NEW) / NEW_ONE_IN;
        for number in self.rows.len()..wanted {
            let row = Row::new(number, program, self.snapshots == 0);
            if row.stack == self.ends.len() {
                self.call_sites.extend(program.stack(row.stack));
                self.ends.push(self.call_sites.len());
            }
            self.rows.push(row);
        }
        self.snapshots += 1;
        for (number, row) in self.rows.iter_mut().enumerate() {
            row.advance(&mut Random::new((self.snapshots << 32) + number as u64));
        }
    }

    /// The call sites of a stack, leaf first.
    pub(super) fn stack(&self, number: usize) -> &[u32] {
        let start = if number == 0 { 0 } else { self.ends[number - 1] };
        &self.call_sites[start..self.ends[number]]
    }
}

impl Row {
    fn new(number: usize, program: &Program, at_start: bool) -> Row {
        let mut random = Random::new(number as u64 + 2_000_000_000);
        // Four rows in a row stand for three stacks: one stack has objects of two sizes.
        let stack = number - number / 4;
        let size = if random.below(60) == 0 { 1 << (16 + random.below(6)) } else { *random.of(&SIZES) };
        let fate = match random.below(20) {
            _ if program.leaks(stack) => Fate::Leaked,
            0..17 => Fate::Freed,
            17..19 => Fate::Replaced,
            _ => Fate::Start,
        };
        // A few rows allocate nearly everything.
        let rate = match fate {
            Fate::Start => 0.0,
            Fate::Leaked => program.leaked(),
            _ => 0.004 / (random.unit() + 0.0002),
        };
        let allocated = if at_start { 1 + random.poisson(0.3 + rate) } else { 1 };
        let live = if matches!(fate, Fate::Start | Fate::Leaked) { allocated } else { 0 };
        Row { stack, size, allocated, live, rate, fate }
    }

    fn advance(&mut self, random: &mut Random) {
        let new = random.poisson(self.rate);
        self.allocated += new;
        self.live = match self.fate {
            Fate::Freed => i64::from(random.below(40) == 0).min(new),
            Fate::Replaced => random.poisson(0.7).min(self.allocated),
            Fate::Start => self.live,
            Fate::Leaked => self.live + new,
        };
    }
}
