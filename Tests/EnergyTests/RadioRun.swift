// SPDX-License-Identifier: Apache-2.0
import Determinism
import Energy
import Plans
import Quantities
import Radios
import Traces

/// One radio in one made-up run.
struct RadioRun {
    var radio: RadioModel
    var duration: Duration
    var offset = Duration.zero
    var attachments: [RunPlan.Attachment] = [.init(time: .zero, attached: true)]
    private var down: [UInt32]
    private var up: [UInt32]

    init(_ radio: RadioModel, lasting duration: Duration) {
        self.radio = radio
        self.duration = duration
        let bins = Int((duration.wholeNanoseconds + 9_999_999) / 10_000_000)
        down = [UInt32](repeating: 0, count: bins)
        up = down
    }

    /// Puts `bytes` into each bin that begins in `span`, in seconds of the run's clock.
    func carrying(_ bytes: UInt32, _ direction: Direction = .down, in span: Range<Double>) -> RadioRun {
        var run = self
        for bin in Int((span.lowerBound * 100).rounded())..<Int((span.upperBound * 100).rounded()) {
            if direction == .down { run.down[bin] += bytes } else { run.up[bin] += bytes }
        }
        return run
    }

    /// Attaches and detaches at instants on the trace's clock, in seconds. Until the first change the state is its
    /// opposite.
    func changing(_ changes: (Double, Bool)...) -> RadioRun {
        var run = self
        run.attachments =
            [.init(time: .zero, attached: changes.first?.1 == false)]
            + changes.map { .init(time: .milliseconds(Int64(($0.0 * 1000).rounded())), attached: $0.1) }
        return run
    }

    func beginning(at offset: Duration) -> RadioRun {
        var run = self
        run.offset = offset
        return run
    }

    func account(signal: [(Duration, Double?)] = []) -> EnergyAccount {
        let link = PathTrace.LinkSample(rate: .zero, delay: .zero)
        let trace = PathTrace(
            name: "radio", kind: .other, duration: duration, queueDown: .zero, queueUp: .zero, source: "",
            samples: signal.map { .init(time: $0.0, down: link, up: link, signal: $0.1) })
        return EnergyAccount(
            radio, path: path(.other), series: Series(delivered: [], links: links), offset: offset, duration: duration,
            trace: trace)
    }

    func path(_ kind: PathKind, name: String = "radio") -> RunPlan.Path {
        RunPlan.Path(name: name, kind: kind, downTable: "", upTable: "", attachments: attachments)
    }

    private var links: [Series.Link] { links(name: "radio") }

    func links(name: String) -> [Series.Link] {
        let none = down.map { _ in UInt32(0) }
        return [(Direction.down, down), (.up, up)].map { direction, arrived in
            Series.Link(
                path: name, direction: direction, arrived: arrived, lost: none, dropped: none,
                idle: none.map { $0 == 0 })
        }
    }
}

/// 1250 bytes in 10 ms are 1 Mb/s.
let megabit: UInt32 = 1250

func isNear(_ value: Double, _ hand: Double) -> Bool { abs(value - hand) < 1e-9 }
