// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Kernels
import Replays
import Reports
import System
import SystemPackage

/// One or more replays under one or more congestion controls, with a separate comparison for each.
package struct ControlsRequest: Sendable {
    package let replays: ReplaySet
    /// Applies to every control and replay alike. With several controls, each has a directory of its name below this
    /// request's output.
    package let each: ComparisonRequest
    /// Empty for the replays' own.
    package let controls: [String]

    package init(replays: ReplaySet, each: ComparisonRequest, controls: [String]) {
        self.replays = replays
        self.each = each
        self.controls = controls
    }

    private var requests: [ComparisonRequest] {
        guard !controls.isEmpty else { return [each] }
        return controls.map { control in
            var request = each
            request.congestionControl = control
            if controls.count > 1 { request.output.append(control) }
            return request
        }
    }

    /// - Parameters:
    ///   - say: receives notes for the user, a line each.
    ///   - json: whether results are shown as documents instead of tables.
    ///   - show: receives the results.
    /// - Throws: `Fault` if a comparison fails or, before anything is run, if a control is given twice or is not in the
    ///   kernel.
    package func run(
        cancellation: Cancellation, say: @escaping @Sendable (String) -> Void, json: Bool, show: (String) -> Void
    ) throws -> ExitCode {
        for (index, control) in controls.enumerated() where controls[..<index].contains(control) {
            throw Fault(.usage, "--congestion-control names '\(control)' twice; remove one of them")
        }
        let walks = requests.map { WalksRequest(replays: replays, output: $0.output, each: $0) }
        try check(walks.flatMap(\.requests), cancellation: cancellation)
        var codes: [ExitCode] = []
        var sideBySide = SideBySide()
        for (request, walk) in zip(requests, walks) {
            if controls.count > 1, !json {
                show("\(codes.isEmpty ? "" : "\n")congestion control \(request.congestionControl ?? ""):\n")
            }
            guard replays.entries.count == 1 else {
                let outcome = try walk.run(cancellation: cancellation, say: say) {
                    if !json { show("\($0)\n") }
                }
                show(json ? outcome.json : outcome.table)
                codes.append(outcome.exitCode)
                continue
            }
            let outcome = try request.run(cancellation: cancellation, say: say)
            show(json ? outcome.json : outcome.table)
            codes.append(outcome.exitCode)
            sideBySide.add(outcome.row)
        }
        if controls.count > 1, !json, !sideBySide.text.isEmpty { show("\n\(sideBySide.text)") }
        return WalksRequest.worst(of: codes)
    }

    /// Checks for bad replays first, then for what the kernel lacks.
    private func check(_ requests: [ComparisonRequest], cancellation: Cancellation) throws {
        let demands = try requests.flatMap { try $0.load().demands }
        if !demands.isEmpty { try each.kernel.find().check(demands, cancellation: cancellation) }
    }
}
