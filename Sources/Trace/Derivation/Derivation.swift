// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Glibc
import Pcap
import Quantities
import TraceFormats
import Traces

/// Derives path traces, and a replay that names them, from captures.
package struct Derivation: Sendable {
    package struct Options: Sendable {
        /// The replay's name.
        package var name: String
        package var sources: [CaptureSource]
        package var filling: Filling
        package var bin: Duration
        /// Silence in both directions of at least this length counts as a detachment; nil: only recorded events count.
        package var detachAfter: Duration?
        /// The durations to add to the timestamps of each file, in the order of the sources, if the clocks were apart.
        package var shifts: [Duration]
        /// Whether the first packets of all files are aligned to the same instant, before the shifts are applied.
        package var alignsStarts: Bool
        /// The known queue sizes, by path name.
        package var queues: [String: PathSpecification.QueueSize]

        package init(
            name: String, sources: [CaptureSource], filling: Filling = .hold, bin: Duration = .milliseconds(100),
            detachAfter: Duration? = nil, shifts: [Duration] = [], alignsStarts: Bool = false,
            queues: [String: PathSpecification.QueueSize] = [:]
        ) {
            self.name = name
            self.sources = sources
            self.filling = filling
            self.bin = bin
            self.detachAfter = detachAfter
            self.shifts = shifts + Array(repeating: .zero, count: max(0, sources.count - shifts.count))
            self.alignsStarts = alignsStarts
            self.queues = queues
        }
    }

    package let traces: [PathTrace]
    package let reports: [PathReport]
    package let options: Options
    /// The command that makes the same files again.
    package let command: String
    /// Notes for the user, as sentences.
    package let notes: [String]
    /// The instant of the capture that is second 0 of the traces.
    package let start: Timestamp
    /// The share of each second for which the link is known to have been full, for each path in the order of the
    /// traces.
    package let known: [(down: [Double], up: [Double])]

    /// One interface of one capture.
    private struct Interface {
        var name: String
        var kind: PathKind
        var source: CaptureSource
        /// The interface's name in the capture, if it has one.
        var interfaceName: String?
        var observation: PathObservation
        var events: RecordedEvents?
    }

    /// - Throws: `Fault`: bad input that names the file; usage if the options do not fit together.
    package init(_ options: Options) throws {
        guard !options.sources.isEmpty else {
            throw Fault(.usage, "there is no capture to derive from; name at least one")
        }
        if let objection = ReplayName.objection(to: options.name) { throw Fault(.usage, objection) }
        try Timeline.check(bin: options.bin)
        var notes: [String] = []
        var interfaces: [Interface] = []
        let memory = DerivationMemory(bin: options.bin)
        for (index, source) in options.sources.enumerated() {
            interfaces += try Self.observe(
                source, shift: index < options.shifts.count ? options.shifts[index] : .zero, options, memory, &notes)
        }
        if interfaces.isEmpty {
            throw Fault(
                .badInput,
                "there is no IP packet in \(options.sources.map(\.file).joined(separator: ", ")); name other captures")
        }
        var names: Set<String> = []
        for interface in interfaces where !names.insert(interface.name).inserted {
            throw Fault(
                .usage,
                "two interfaces are called '\(interface.name)'; name the path of each capture, as in "
                    + "'wifi=\(interface.source.file)'"
            )
        }
        for name in options.queues.keys.sorted() where !names.contains(name) {
            throw Fault(
                .usage,
                "--queue names the path '\(name)', which does not exist; the paths are "
                    + "\(names.sorted().joined(separator: ", "))"
            )
        }
        let start = interfaces.compactMap(\.observation.first).min() ?? Timestamp(nanoseconds: 0)
        let end = interfaces.compactMap(\.observation.last).max() ?? start
        let walk = try Timeline(from: start, to: end, bin: options.bin)
        try DerivationMemory.check(
            walk, paths: interfaces.count, hasProbe: interfaces.contains { !$0.observation.probe.isEmpty })
        let command = Self.command(options)
        var traces: [PathTrace] = []
        var reports: [PathReport] = []
        var known: [(down: [Double], up: [Double])] = []
        // What was observed of a path takes more memory than its trace, so each goes when its trace is made.
        var rest = interfaces
        interfaces = []
        rest.reverse()
        while var interface = rest.popLast() {
            let state = Attachments(
                interface.interfaceName.flatMap { interface.events?.attachment[$0] }, interface.observation, walk,
                detachAfter: options.detachAfter)
            let builder = TraceBuilder(
                name: interface.name, kind: interface.kind, source: command, observation: &interface.observation,
                attachments: state, signals: interface.interfaceName.flatMap { interface.events?.signals[$0] } ?? [],
                timeline: walk, filling: options.filling)
            var trace = builder.trace
            if let queue = options.queues[interface.name] {
                trace.queueDown = queue.bytes(of: trace, .down)
                trace.queueUp = queue.bytes(of: trace, .up)
            }
            traces.append(trace)
            reports.append(builder.report)
            known.append(builder.known)
            notes += builder.notes
        }
        self.traces = traces
        self.reports = reports
        self.known = known
        self.start = Timestamp(nanoseconds: walk.seconds.lowerBound * 1_000_000_000)
        self.notes = notes
        self.options = options
        self.command = command
    }

    private static func observe(
        _ source: CaptureSource, shift: Duration, _ options: Options, _ memory: DerivationMemory,
        _ notes: inout [String]
    ) throws -> [Interface] {
        let start = try FileStart(of: source.file, size: TraceBeginning.size)
        let formats = TraceFormats.recognising(TraceBeginning(path: source.file, bytes: start.bytes))
        if !start.isCapture, let format = formats.first {
            throw Fault.input(
                source.file,
                "is not a capture but a file of the trace format '\(format.name)'; convert it with 'walkback import'"
            )
        }
        let survey = try CaptureSurvey(source)
        for damage in survey.damage { notes.append("\(source.fileName): damage \(damage)") }
        let whole = survey.shift(shift, alignsStarts: options.alignsStarts)
        memory.take(interfaces: survey.used)
        var observations = survey.near.map { PathObservation(near: $0, bin: options.bin, memory) }
        var reader = try CaptureReader(source.file)
        try reader.forEach { packet in
            if packet.interface < observations.count { try observations[packet.interface].add(packet, shift: whole) }
        }
        for index in observations.indices { observations[index].end() }
        let events = access(source.eventsFile, R_OK) == 0 ? try RecordedEvents(source.eventsFile) : nil
        let moving = observations.indices.filter { observations[$0].first != nil }
        return moving.map { index in
            let observation = observations[index]
            let name = survey.names[index]
            if observation.strangers > 0 {
                notes.append("\(name): \(observation.strangers) packets between other hosts are left out")
            }
            // If a file has several interfaces, each gets the given name with a number.
            let given = source.name.map { moving.count > 1 ? "\($0)-\(index)" : $0 }
            return Interface(
                name: given ?? CaptureSource.pathName(name), kind: source.kind ?? CaptureSource.kind(given ?? name),
                source: source, interfaceName: survey.described[index].name, observation: observation, events: events)
        }
    }

    /// The command that makes the same files again, with the captures' file names but not their directories.
    private static func command(_ options: Options) -> String {
        var words = ["walkback derive"]
        for source in options.sources {
            let kind = source.kind.map { ":\($0.rawValue)" } ?? ""
            words.append((source.name.map { "\($0)\(kind)=" } ?? "") + source.fileName)
        }
        words.append("--fill \(options.filling.rawValue)")
        if options.bin != .milliseconds(100) { words.append("--bin \(options.bin.milliseconds.text())ms") }
        if let detachAfter = options.detachAfter { words.append("--detach-after \(detachAfter.seconds.text())s") }
        if options.alignsStarts { words.append("--align start") }
        for (source, shift) in zip(options.sources, options.shifts) where shift != .zero {
            words.append("--align \(source.fileName)=\(shift.milliseconds.text(significantDigits: 9))ms")
        }
        words += options.queues.sorted { $0.key < $1.key }.map { $1.option($0) }
        return words.joined(separator: " ")
    }
}
