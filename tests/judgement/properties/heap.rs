//! Random heap profiles, first as a model without any order, then as bytes in whatever order a layout asks for.

use pprof_leaks::input::proto;
use pprof_leaks::profile::SamplingRate;
use proptest::prelude::*;
use prost::Message;
use std::collections::BTreeMap;

/// What a service's heap was at two moments.
#[derive(Clone, Debug)]
pub(crate) struct Heap {
    rate: i64,
    /// Whether another build was started in between.
    rebuilt: bool,
    /// Frames as (function, place in it), innermost first.
    locations: Vec<Vec<(usize, i64)>>,
    rows: Vec<Row>,
}

/// Objects of one size at one stack.
#[derive(Clone, Debug)]
struct Row {
    /// Locations, leaf first.
    stack: Vec<usize>,
    size: i64,
    /// The four values before and after.
    values: [[i64; 4]; 2],
}

/// Which of the two moments.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Moment {
    Before,
    After,
}

/// In which order a file lists things, and which ids it gives them.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Layout {
    /// 0: as the model has it.
    shuffle: u64,
    /// Whether ids are far apart, up to 2⁶⁴.
    sparse: bool,
}

/// Names as they occur: own code, a dependency, the standard library, the runtime, generics, closures, and a function
/// that two C files define.
const FUNCTIONS: [(&str, &str); 16] = [
    ("main.main", "example.com/shop/main.go"),
    ("main.serve", "example.com/shop/serve.go"),
    ("main.serve.func1", "example.com/shop/serve.go"),
    ("main.serve.func2", "example.com/shop/serve.go"),
    ("example.com/shop/cart.(*Store[go.shape.int]).Put", "example.com/shop/cart/store.go"),
    ("example.com/shop/cart.(*Store[go.shape.string]).Put", "example.com/shop/cart/store.go"),
    ("example.com/shop/cart.New", "example.com/shop/cart/store.go"),
    ("example.com/shop/cart.(*Store[...]).Get", "example.com/shop/cart/get.go"),
    ("golang.org/x/net/http2.(*Framer).ReadFrame", "golang.org/x/net@v0.30.0/http2/frame.go"),
    ("net/http.(*conn).serve", "net/http/server.go"),
    ("os.ReadFile", "os/file.go"),
    ("runtime.malg", "runtime/proc.go"),
    ("runtime.main", "runtime/proc.go"),
    ("compress/flate.NewWriter", "compress/flate/deflate.go"),
    ("copy_buffer", "/usr/src/native/vendor/b/buffer.c"),
    ("copy_buffer", "/usr/src/native/a/buffer.c"),
];

/// The other strings of a profile.
const WORDS: [&str; 9] = [
    "bytes",
    "space",
    "count",
    "alloc_objects",
    "alloc_space",
    "inuse_objects",
    "inuse_space",
    "0123456789abcdef",
    "fedcba9876543210",
];

/// Stacks and sizes, with the values that `values` gives for a rate and a size.
fn heaps<V: Strategy<Value = [[i64; 4]; 2]> + 'static>(
    rate: impl Strategy<Value = i64>,
    values: impl Fn(i64, i64) -> V + Clone,
) -> impl Strategy<Value = Heap> {
    // A few functions more often than others, so that stacks meet that differ in lines only.
    let function = prop_oneof![0..FUNCTIONS.len(), 4usize..6];
    let location = prop::collection::vec((function, 1i64..20), 1..4);
    let rebuilt = prop::bool::weighted(0.2);
    (rate, rebuilt, prop::collection::vec(location, 1..12)).prop_flat_map(
        move |(rate, rebuilt, locations)| {
            let values = values.clone();
            let stack = prop_oneof![
                prop::collection::vec(0..locations.len(), 0..6),
                prop::collection::vec(0..locations.len(), 1..2),
            ];
            let size = prop::sample::select(vec![16i64, 48, 256, 4096, 65_536, 4_194_304, 9_437_184]);
            let row = (stack, size).prop_flat_map(move |(stack, size)| {
                values(rate, size).prop_map(move |values| Row { stack: stack.clone(), size, values })
            });
            prop::collection::vec(row, 0..25).prop_map(move |rows| Heap {
                rate,
                rebuilt,
                locations: locations.clone(),
                rows,
            })
        },
    )
}

/// Heaps as Go writes them, of one life of one process: some sites leak, some recede, some are busy.
pub(crate) fn lives(rate: impl Strategy<Value = i64>) -> impl Strategy<Value = Heap> {
    heaps(rate, |rate, size| {
        (0i64..200, 0i64..60, 0i64..60, 0i64..60).prop_map(move |(history, before, new, freed)| {
            let after = (before + new - freed).max(0);
            let estimate = |allocated: i64, live: i64| {
                let (ao, ab) = SamplingRate(rate).estimate(allocated, size);
                let (io, ib) = SamplingRate(rate).estimate(live, size);
                [ao, ab, io, ib]
            };
            [estimate(history + before, before), estimate(history + before + new, after)]
        })
    })
}

/// Heaps with values as no Go program writes them.
pub(crate) fn strange() -> impl Strategy<Value = Heap> {
    heaps_of(prop_oneof![3 => -1000i64..1_000_000, 1 => -(1i64 << 50)..(1 << 50)])
}

/// Heaps with any values at all, whose sums do not fit 64 bits.
pub(crate) fn hostile() -> impl Strategy<Value = Heap> {
    heaps_of(prop_oneof![any::<i64>(), prop::sample::select(vec![i64::MIN, i64::MAX, 0, -1])])
}

fn heaps_of(value: impl Strategy<Value = i64> + Clone + 'static) -> impl Strategy<Value = Heap> {
    let rates = prop::sample::select(vec![0i64, 1, 524_288, i64::MAX]);
    heaps(rates, move |_, _| prop::array::uniform2(prop::array::uniform4(value.clone())))
}

/// Any layout.
pub(crate) fn layouts() -> impl Strategy<Value = Layout> {
    (any::<u64>(), any::<bool>()).prop_map(|(shuffle, sparse)| Layout { shuffle, sparse })
}

impl Heap {
    /// The profile of one moment, as bytes of profile.proto.
    pub(crate) fn encode(&self, moment: Moment, layout: Layout) -> Vec<u8> {
        let mut order = Order(layout.shuffle);
        let texts = Texts::new(&mut order);
        // Each message in a profile of its own: joined, they are one profile, and may stand in any order.
        let mut parts = self.symbols(&texts, layout);
        parts.extend(self.rows.iter().map(|row| row.sample(moment, &texts, layout)));
        parts.extend(self.header(moment, &texts, layout));
        parts.push(proto::Profile { string_table: texts.table, ..Default::default() });
        order.shuffle(&mut parts);
        parts.iter().flat_map(Message::encode_to_vec).collect()
    }

    fn symbols(&self, texts: &Texts, layout: Layout) -> Vec<proto::Profile> {
        let functions = FUNCTIONS.iter().enumerate().map(|(index, (name, file))| proto::Function {
            id: layout.id(index),
            name: texts.index(name),
            filename: texts.index(file),
            ..Default::default()
        });
        let locations = self.locations.iter().enumerate().map(|(index, frames)| {
            let line = |(depth, (function, place)): (usize, &(usize, i64))| proto::Line {
                function_id: layout.id(*function),
                // A call is either inlined or not, so a line of ours is.
                line: 2 * place + i64::from(depth + 1 < frames.len()),
                ..Default::default()
            };
            proto::Location {
                id: layout.id(index),
                address: 0x40_0000 + index as u64,
                line: frames.iter().enumerate().map(line).collect(),
                ..Default::default()
            }
        });
        let functions =
            functions.map(|function| proto::Profile { function: vec![function], ..Default::default() });
        let locations =
            locations.map(|location| proto::Profile { location: vec![location], ..Default::default() });
        functions.chain(locations).collect()
    }

    fn header(&self, moment: Moment, texts: &Texts, layout: Layout) -> [proto::Profile; 5] {
        let value_type =
            |name: &str, unit: &str| proto::ValueType { r#type: texts.index(name), unit: texts.index(unit) };
        let build_id = match (moment, self.rebuilt) {
            (Moment::After, true) => "fedcba9876543210",
            _ => "0123456789abcdef",
        };
        let mapping =
            proto::Mapping { id: layout.id(0), build_id: texts.index(build_id), ..Default::default() };
        let minutes = 10 * moment as i64;
        let empty = proto::Profile::default;
        [
            proto::Profile { mapping: vec![mapping], ..empty() },
            proto::Profile { period: self.rate, ..empty() },
            proto::Profile { period_type: Some(value_type("space", "bytes")), ..empty() },
            proto::Profile { time_nanos: (1_700_000_000 + 60 * minutes) * 1_000_000_000, ..empty() },
            proto::Profile {
                sample_type: vec![
                    value_type("alloc_objects", "count"),
                    value_type("alloc_space", "bytes"),
                    value_type("inuse_objects", "count"),
                    value_type("inuse_space", "bytes"),
                ],
                ..empty()
            },
        ]
    }

    /// The same heap with the rows that `split` picks written as two, as Go does where it cuts runtime frames (S5).
    /// Each second one gets a part of the objects, from 0 to 1.
    pub(crate) fn split(&self, split: &[(prop::sample::Index, f64)]) -> Heap {
        let mut heap = self.clone();
        for (index, part) in split {
            if heap.rows.is_empty() {
                break;
            }
            let index = index.index(heap.rows.len());
            let mut second = heap.rows[index].clone();
            for (first, second) in heap.rows[index].values.iter_mut().zip(&mut second.values) {
                for (first, second) in first.iter_mut().zip(second) {
                    *second = (*first as f64 * part) as i64;
                    *first -= *second;
                }
            }
            heap.rows.push(second);
        }
        heap
    }

    /// The same heap with whole objects in every row: bytes follow from objects and size.
    pub(crate) fn with_whole_objects(mut self) -> Heap {
        for row in &mut self.rows {
            for values in &mut row.values {
                values[1] = values[0] * row.size;
                values[3] = values[2] * row.size;
            }
        }
        self
    }
}

impl Row {
    fn sample(&self, moment: Moment, texts: &Texts, layout: Layout) -> proto::Profile {
        let sample = proto::Sample {
            location_id: self.stack.iter().map(|location| layout.id(*location)).collect(),
            value: self.values[moment as usize].to_vec(),
            label: vec![proto::Label { key: texts.index("bytes"), num: self.size, ..Default::default() }],
        };
        proto::Profile { sample: vec![sample], ..Default::default() }
    }
}

impl Layout {
    fn id(self, index: usize) -> u64 {
        let dense = index as u64 + 1;
        if self.sparse { (dense << 57 | dense).reverse_bits() } else { dense }
    }
}

/// A string table in some order.
struct Texts {
    table: Vec<String>,
    indexes: BTreeMap<String, i64>,
}

impl Texts {
    fn new(order: &mut Order) -> Texts {
        let names = FUNCTIONS.iter().flat_map(|(name, file)| [*name, *file]);
        // Some files stand there twice, which a producer may do; the last one is referred to.
        let mut table: Vec<String> = WORDS.into_iter().chain(names).map(str::to_owned).collect();
        order.shuffle(&mut table);
        table.insert(0, String::new());
        let indexes = table.iter().cloned().zip(0..).collect();
        Texts { table, indexes }
    }

    fn index(&self, text: &str) -> i64 {
        self.indexes[text]
    }
}

/// A seeded order; 0 leaves things as they are.
struct Order(u64);

impl Order {
    fn shuffle<T>(&mut self, items: &mut [T]) {
        if self.0 == 0 {
            return;
        }
        for last in (1..items.len()).rev() {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            items.swap(last, (self.0 >> 33) as usize % (last + 1));
        }
    }
}
