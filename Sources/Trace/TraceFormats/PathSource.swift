// SPDX-License-Identifier: Apache-2.0
import Documents
import Quantities
import System
import Traces

/// The contents of one path's files in an import.
struct PathSource {
    private struct Link {
        let direction: Direction
        let file: InputFile
        let format: any TraceFormat
        let contents: TraceReading.Contents
    }

    private let specification: PathSpecification
    private let links: [Link]
    let notes: [String]

    var formats: [any TraceFormat] { links.map(\.format) }

    /// - Parameter format: the format of all files; nil: detect it from the beginning of each file.
    /// - Throws: `Fault`: bad input in a file; usage if the files do not form a path together.
    init(_ specification: PathSpecification, _ format: (any TraceFormat)?) throws {
        self.specification = specification
        var links: [Link] = []
        var notes: [String] = []
        for (direction, name) in zip(Direction.allCases, [specification.down, specification.up].compactMap { $0 }) {
            let file = try InputFile.read(name)
            let format = try format ?? TraceFormats.format(of: file)
            let reading = try TraceFormats.read(file, as: format)
            links.append(Link(direction: direction, file: file, format: format, contents: reading.contents))
            notes += reading.notes
        }
        self.links = links
        self.notes = notes
        if links.count > 1, let whole = links.first(where: { $0.format.holds == .path }) {
            throw Fault(
                .usage,
                "\(whole.file.path) holds both directions, because its format is '\(whole.format.name)'; name "
                    + "it alone, "
                    + "as in '\(specification.name)=\(whole.file.path)'")
        }
        guard opportunities.isEmpty || opportunities.count == links.count else {
            throw Fault(
                .usage,
                "the files of path '\(specification.name)' do not match, because one has rates and the other "
                    + "has opportunities to send a packet; use files of one format")
        }
    }

    private var opportunities: [Opportunities] {
        links.compactMap { link in
            guard case .opportunities(let opportunities) = link.contents else { return nil }
            return opportunities
        }
    }

    /// The period of the shorter opportunity file; nil if there is none.
    var period: Duration? { opportunities.map(\.period).min() }

    /// Whether one of the files contains the queue sizes.
    var hasQueues: Bool {
        links.contains { link in
            guard case .path(_, let lacking) = link.contents else { return false }
            return !lacking.contains(.queues)
        }
    }

    /// The opportunity files as a replay reads them: Mahimahi files unchanged, other formats converted to Mahimahi's.
    var opportunityFiles: [(name: String, text: String)] {
        links.compactMap { link in
            guard case .opportunities(let opportunities) = link.contents else { return nil }
            let isReadable = (try? MahimahiFormat.parse(link.file)) == opportunities
            let text = isReadable ? try? link.file.text() : nil
            return (
                TraceImport.opportunityFileName(specification.name, link.direction),
                text ?? MahimahiFormat.text(of: opportunities)
            )
        }
    }

    private func roundTrip() throws -> Duration {
        guard let time = specification.roundTrip ?? TraceDefaults.roundTrip(of: specification.kind) else {
            throw Fault(
                .usage,
                "path '\(specification.name)' is of kind 'other', which has no default round-trip time; add --rtt "
                    + "\(specification.name)=20ms"
            )
        }
        return time
    }

    /// The path's trace. Its queues are those of the file, or zero.
    ///
    /// - Parameters:
    ///   - period: for how long opportunity files are replayed.
    ///   - source: the text for the trace's source.
    func trace(until period: Duration?, detachAfter: Duration?, source: String) throws -> PathTrace {
        var trace: PathTrace
        switch links[0].contents {
        case .opportunities(let down):
            let both = opportunities
            return PathTrace(
                name: specification.name, kind: specification.kind, duration: period ?? down.period,
                opportunities: PathOpportunities(down: down, up: both.count > 1 ? both[1] : down.third()),
                roundTrip: try roundTrip(), detachAfter: detachAfter, source: source)
        case .rates(let down, let end):
            trace = PathTrace(
                name: "", kind: .other, duration: end, queueDown: .zero, queueUp: .zero, source: "",
                samples: Self.samples(down, nil, until: end))
            if links.count > 1, case .rates(let up, let upEnd) = links[1].contents {
                trace.duration = min(end, upEnd)
                trace.samples = Self.samples(down, up, until: trace.duration)
            } else {
                Self.addUplink(&trace)
            }
            setDelays(&trace, try roundTrip())
        case .path(let read, let lacking):
            trace = read
            if lacking.contains(.uplink) { Self.addUplink(&trace) }
            if lacking.contains(.delays) || specification.roundTrip != nil { setDelays(&trace, try roundTrip()) }
        }
        if let detachAfter { Self.detach(&trace, after: detachAfter) }
        trace.name = specification.name
        trace.kind = specification.kind
        trace.source = source
        return trace
    }

    /// One row for each time at which either direction has one.
    private static func samples(_ down: [TimedRate], _ up: [TimedRate]?, until end: Duration) -> [PathTrace.Sample] {
        let up = up ?? []
        var samples: [PathTrace.Sample] = []
        var (nextDown, nextUp) = (0, 0)
        var sample = PathTrace.Sample.new
        while let time = [down[nextDown...].first, up[nextUp...].first].compactMap({ $0?.time }).min(), time < end {
            if nextDown < down.count, down[nextDown].time == time {
                sample.down.rate = down[nextDown].rate
                nextDown += 1
            }
            if nextUp < up.count, up[nextUp].time == time {
                sample.up.rate = up[nextUp].rate
                nextUp += 1
            }
            sample.time = time
            samples.append(sample)
        }
        return samples
    }

    private static func addUplink(_ trace: inout PathTrace) {
        for index in trace.samples.indices {
            trace.samples[index].up.rate = TraceDefaults.uplink(besides: trace.samples[index].down.rate)
        }
    }

    private func setDelays(_ trace: inout PathTrace, _ roundTrip: Duration) {
        let delayDown = Duration.nanoseconds(roundTrip.wholeNanoseconds / 2)
        for index in trace.samples.indices {
            trace.samples[index].down.delay = delayDown
            trace.samples[index].up.delay = roundTrip - delayDown
        }
    }

    /// Turns each run of rows without a rate that lasts at least `span` into a detachment.
    private static func detach(_ trace: inout PathTrace, after span: Duration) {
        let samples = trace.samples
        var start = 0
        while start < samples.count {
            var end = start
            while end < samples.count, samples[end].down.rate == .zero, samples[end].up.rate == .zero { end += 1 }
            let stop = end < samples.count ? samples[end].time : trace.duration
            if end > start, stop - samples[start].time >= span {
                for index in start..<end { trace.samples[index].attached = false }
            }
            start = max(end, start + 1)
        }
    }
}
