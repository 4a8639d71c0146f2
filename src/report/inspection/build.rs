//! From what a snapshot shows to a document: ids become names.

use super::super::document::{ExcerptView, FrameView, InputView, Provenance, SchemaVersion, Warning};
use super::super::inert::inert;
use super::super::resolver::Resolver;
use super::views::{
    ChurnView, GroupView, HeldByView, HolderView, IfItGrows, InspectionDocument, MemoryPlaceView, MemoryView,
    ProgramView, ProofView, ProvedView, SizeView, StackView, WaitsView,
};
use super::{sentences, steps};
use crate::analysis::{GoroutineGroup, Inspection, LockHolder, Memory, MemoryPlace, NOW, Place};
use crate::clusters::Blame;
use crate::diagnose::Cause;
use crate::profile::{Kind, readable};
use crate::series::{FunctionId, Program, Track};
use crate::suspects::HeapMetric;

/// Resolves what one snapshot of each kind shows.
pub fn build_inspection_document(inspection: &Inspection) -> InspectionDocument {
    let names = Names {
        inspection,
        resolver: Resolver { names: &inspection.series.names, metric: HeapMetric::InuseSpace },
    };
    let mut document = InspectionDocument {
        inspection_schema_version: SchemaVersion,
        headline: Vec::new(),
        program: Program::of(&inspection.series).map(|program| {
            let name = inert(&program.name);
            ProgramView { binary: (!program.is_of_folder).then(|| name.clone()), name }
        }),
        inputs: inspection
            .series
            .tracks()
            .iter()
            .map(|track| InputView::of(track.kind, &track.snapshots[NOW]))
            .collect(),
        proof: names.proof(),
        goroutines: names.goroutines(),
        memory: inspection.memory.as_ref().and_then(|memory| names.memory(memory)),
        next: Vec::new(),
        cannot_show: Vec::new(),
        warnings: inspection.notices.iter().map(Warning::from).collect(),
        provenance: Provenance::of_this_version(),
    };
    document.headline = sentences::headline(&document);
    document.next = steps::next(&document);
    document.cannot_show = steps::cannot_show(&document);
    document
}

impl HolderView {
    pub(in crate::report) fn of(holder: &LockHolder, resolver: &Resolver<'_>) -> HolderView {
        HolderView {
            frame: resolver.blame(&holder.frame),
            inside: resolver.blame(&holder.inside),
            count: holder.count,
            wait: holder.wait,
            longest_minutes: holder.longest_minutes,
            relation: holder.relation,
        }
    }
}

/// Turns what an inspection found into names.
struct Names<'a> {
    inspection: &'a Inspection,
    resolver: Resolver<'a>,
}

impl Names<'_> {
    fn function(&self, function: FunctionId) -> String {
        inert(&readable(&self.inspection.series.names.info(function).name))
    }

    fn stack(&self, track: &Track, place: &Place) -> StackView {
        StackView {
            frames: place.heaviest().map_or(Vec::new(), |site| self.resolver.stack(track, site)),
            others: place.sites.len().saturating_sub(1),
        }
    }

    fn called_from(&self, place: &Place) -> Vec<(FrameView, f64)> {
        let entrances = place.named.iter().flat_map(|named| &named.entrances);
        entrances.map(|entrance| (self.resolver.blame(&entrance.caller), entrance.share)).collect()
    }

    fn proof(&self) -> Option<ProofView> {
        let proof = self.inspection.proof.as_ref()?;
        let track = self.inspection.series.track(Kind::GoroutineLeak)?;
        let group = |(place, count, wait): &(Place, u64, _)| ProvedView {
            blame: self.resolver.blame(&place.blame),
            count: *count,
            wait: *wait,
            stack: self.stack(track, place),
        };
        Some(ProofView { total: proof.total, groups: proof.groups.iter().map(group).collect() })
    }

    fn goroutines(&self) -> Option<WaitsView> {
        let goroutines = self.inspection.goroutines.as_ref()?;
        let track = self.inspection.series.track(Kind::Goroutine)?;
        Some(WaitsView {
            total: goroutines.total,
            lines: goroutines.lines,
            waits: goroutines.waits.clone(),
            groups: goroutines.groups.iter().map(|group| self.group(track, group)).collect(),
        })
    }

    fn group(&self, track: &Track, group: &GoroutineGroup) -> GroupView {
        let counted = |counts: &[(String, u64)]| -> Vec<(String, u64)> {
            counts.iter().map(|(text, count)| (inert(&readable(text)), *count)).collect()
        };
        let (if_it_grows, source) = named(&group.place);
        GroupView {
            blame: self.resolver.blame(&group.place.blame),
            count: group.count,
            share: group.place.share,
            wait: group.wait,
            states: counted(&group.states),
            longest_minutes: group.longest_minutes,
            created_by: counted(group.created_by.as_slice()).pop(),
            started_in: group.started_in.map(|function| self.function(function)),
            labels: counted(&group.labels),
            lock_holder: group.holder.as_ref().map(|holder| HolderView::of(holder, &self.resolver)),
            proved: group.proved,
            comes_with: self.others(group.place.named.as_ref().and_then(|named| named.comes_with)),
            holds_bytes: group.place.named.as_ref().map_or(0.0, |named| named.holds),
            called_from: self.called_from(&group.place),
            if_it_grows,
            source,
            stack: self.stack(track, &group.place),
        }
    }

    fn others(&self, others: Option<(Blame, f64)>) -> Option<HeldByView> {
        let (blame, count) = others?;
        Some(HeldByView { blame: self.resolver.blame(&blame), count: count as u64 })
    }

    fn memory(&self, memory: &Memory) -> Option<MemoryView> {
        let track = self.inspection.series.track(Kind::Heap)?;
        let capped = |sum: i128| i64::try_from(sum).unwrap_or(if sum < 0 { i64::MIN } else { i64::MAX });
        let process = self.inspection.process.as_ref();
        Some(MemoryView {
            bytes: capped(memory.bytes),
            objects: memory.objects.map(capped),
            allocated_bytes: memory.allocated.map(capped),
            sampling_rate: memory.rate.map(|rate| rate.0),
            process_bytes: process
                .and_then(|process| Some(process.sys?.saturating_sub(process.heap_released.unwrap_or(0)))),
            places: memory.places.iter().map(|place| self.memory_place(track, place)).collect(),
            churn: memory
                .churn
                .iter()
                .map(|churn| ChurnView {
                    blame: self.resolver.blame(&churn.blame),
                    allocated_bytes: churn.allocated,
                    live_bytes: churn.live,
                })
                .collect(),
        })
    }

    fn memory_place(&self, track: &Track, held: &MemoryPlace) -> MemoryPlaceView {
        let (if_it_grows, source) = named(&held.place);
        MemoryPlaceView {
            blame: self.resolver.blame(&held.place.blame),
            line_share: held.line_share,
            bytes: held.bytes,
            bytes_error: held.error,
            share: held.place.share,
            objects: held.objects,
            sampled: held.sampled,
            sizes: held
                .sizes
                .iter()
                .map(|held| SizeView { size: held.size, bytes: held.bytes, objects: held.objects })
                .collect(),
            allocated_bytes: held.allocated,
            freed_share: held.freed_share(),
            held_by: self.others(held.place.named.as_ref().and_then(|named| named.held_by)),
            called_from: self.called_from(&held.place),
            if_it_grows,
            source,
            stack: self.stack(track, &held.place),
        }
    }
}

fn named(place: &Place) -> (Option<IfItGrows>, Option<ExcerptView>) {
    let Some(named) = &place.named else { return (None, None) };
    (Some(if_it_grows(&named.cause)), named.excerpt.as_ref().map(ExcerptView::of))
}

fn if_it_grows(cause: &Cause) -> IfItGrows {
    IfItGrows {
        cause: cause.entry.id.to_owned(),
        title: cause.entry.title.to_owned(),
        certainty: cause.certainty,
        because: cause.because.iter().map(|reason| inert(reason)).collect(),
        runner_up: cause.runner_up.map(|entry| entry.id.to_owned()),
        advice: cause.advice.to_owned(),
    }
}
