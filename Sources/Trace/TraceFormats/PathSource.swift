// SPDX-License-Identifier: Apache-2.0
import Documents
import Quantities
import System
import Traces

/// The contents of one path's files in an import.
struct PathSource {
    private struct Link {
        let direction: Direction
        let path: String
        let format: any TraceFormat
        /// The contents of the file; a whole path is without its samples.
        let contents: TraceReading.Contents
        /// What a replay reads instead of the file, if it holds opportunities.
        let opportunityBytes: [UInt8]
    }

    private let specification: PathSpecification
    private let links: [Link]
    /// The samples of a whole path. They are apart from its trace so that they can be changed in place: they may be
    /// most of what fits into memory.
    private var samples: [PathTrace.Sample] = []
    let notes: [String]

    var formats: [any TraceFormat] { links.map(\.format) }

    /// - Parameter format: the format of all files; nil: detect it from the beginning of each file.
    /// - Throws: `Fault`: bad input in a file; usage if the files do not form a path together.
    init(_ specification: PathSpecification, _ format: (any TraceFormat)?, _ memory: inout WalkMemory) throws {
        self.specification = specification
        var links: [Link] = []
        var notes: [String] = []
        for (direction, name) in zip(Direction.allCases, [specification.down, specification.up].compactMap { $0 }) {
            let file = try InputFile.read(name)
            let format = try format ?? TraceFormats.format(of: file)
            let reading = try TraceFormats.read(file, as: format, &memory)
            let bytes = try Self.opportunityBytes(reading.contents, file, format)
            // They stay in memory until they are written.
            try memory.take(
                ByteCount(Int64(bytes.count)), name, "\(bytes.count) bytes of opportunities", "split the walk")
            var contents = reading.contents
            if case .path(var trace, let lacking) = contents {
                samples = trace.samples
                trace.samples = []
                contents = .path(trace, lacking: lacking)
            }
            links.append(
                Link(
                    direction: direction, path: name, format: format, contents: contents, opportunityBytes: bytes))
            notes += reading.notes
        }
        self.links = links
        self.notes = notes
        if links.count > 1, let whole = links.first(where: { $0.format.holds == .path }) {
            throw Fault(
                .usage,
                "\(whole.path) holds both directions, because its format is '\(whole.format.name)'; name "
                    + "it alone, "
                    + "as in '\(specification.name)=\(whole.path)'")
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
    var opportunityFiles: [TextDirectory.File] {
        links.filter { !$0.opportunityBytes.isEmpty }.map { link in
            TextDirectory.File(
                TraceImport.opportunityFileName(specification.name, link.direction), bytes: link.opportunityBytes)
        }
    }

    /// Empty if the file holds no opportunities.
    private static func opportunityBytes(
        _ contents: TraceReading.Contents, _ file: InputFile, _ format: any TraceFormat
    ) throws -> [UInt8] {
        guard case .opportunities(let opportunities) = contents else { return [] }
        let isReadable = format is MahimahiFormat || (try? MahimahiFormat.parse(file)) == opportunities
        guard isReadable else { return MahimahiFormat.bytes(of: opportunities) }
        let mark: [UInt8] = [0xef, 0xbb, 0xbf]
        return file.bytes.starts(with: mark) ? Array(file.bytes.dropFirst(mark.count)) : file.bytes
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

    /// The path's trace. Its queues are those of the file, or zero. Works once: the trace takes the file's samples.
    ///
    /// - Parameters:
    ///   - period: for how long opportunity files are replayed.
    ///   - source: the text for the trace's source.
    mutating func takeTrace(
        until period: Duration?, detachAfter: Duration?, source: String, _ memory: inout WalkMemory
    ) throws -> PathTrace {
        var trace: PathTrace
        switch links[0].contents {
        case .opportunities(let down):
            let both = opportunities
            let path = PathOpportunities(down: down, up: both.count > 1 ? both[1] : down.third())
            try memory.admit(
                path, until: period ?? down.period, roundTrip: try roundTrip(), detachAfter: detachAfter, links[0].path)
            return PathTrace(
                name: specification.name, kind: specification.kind, duration: period ?? down.period,
                opportunities: path, roundTrip: try roundTrip(), detachAfter: detachAfter, source: source)
        case .rates(let down, let end):
            trace = PathTrace(
                name: "", kind: .other, duration: end, queueDown: .zero, queueUp: .zero, source: "", samples: [])
            var up: [TimedRate]?
            if links.count > 1, case .rates(let rates, let upEnd) = links[1].contents {
                trace.duration = min(end, upEnd)
                up = rates
            }
            try memory.admit(rows: down.count + (up?.count ?? 0), links[0].path)
            trace.samples = Self.samples(down, up, until: trace.duration)
            if up == nil { Self.addUplink(&trace) }
            setDelays(&trace, try roundTrip())
        case .path(let read, let lacking):
            trace = read
            swap(&trace.samples, &samples)
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
        let count = trace.samples.count
        func isSilent(_ sample: PathTrace.Sample) -> Bool { sample.down.rate == .zero && sample.up.rate == .zero }
        var start = 0
        while start < count {
            var end = start
            while end < count, isSilent(trace.samples[end]) { end += 1 }
            let stop = end < count ? trace.samples[end].time : trace.duration
            if end > start, stop - trace.samples[start].time >= span {
                for index in start..<end { trace.samples[index].attached = false }
            }
            start = max(end, start + 1)
        }
    }
}
