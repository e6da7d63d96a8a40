// SPDX-License-Identifier: Apache-2.0
import Comparison
import Glibc
import Kernels
import Plans
import Results
import Statistics
import Synchronization
import System
import SystemPackage
import Testing
import Determinism
import Documents
import Quantities

@testable import Paper
@testable import Sweeps

@Suite struct `The page of the paper` {
    @Test func `takes one walk's seeds for what they are`() {
        let html = IndoorSection.html(of: Made.comparison([1.10, 1.12, 1.11], competing: [0.90, 0.92, 0.91])).text
        // Neither the seeds' mean nor any other ratio counts as a sample.
        #expect(
            html.cells(of: "MPTCP moves 622 MB and Optimal TCP 554 MB: 1.12 times as much")
                == ["so here, too", "MPTCP over Optimal TCP: 1.110 (1.085 to 1.135, 3 seeds), one walk"])
        #expect(
            html.cells(of: "beside a TCP on each link MPTCP has about 1.14 times what an Optimal TCP made of those has")
                == ["!not so here", "MPTCP over that Optimal TCP: 0.910 (0.885 to 0.935, 3 seeds), one walk"])
        // A page's style hides one of the two, by the width of the screen.
        #expect(html.contains("class=\"figure wide\"") && html.contains("class=\"figure narrow\""))
        let unknown = IndoorSection.html(of: Made.comparison([1.2], competing: [])).text
        #expect(
            unknown.cells(of: "MPTCP moves 622 MB and Optimal TCP 554 MB: 1.12 times as much")
                == ["these walks do not tell", "MPTCP over Optimal TCP: 1.200 (1 seed), one walk"])
    }

    private func results(quick: Bool) throws -> PaperResults {
        let coverage = Made.sweep(over: "wifi_coverage_percent", ["0", "50"], release: "6.12 <own>") { _, _ in
            [Made.run("mptcp", 2), Made.run("tcp-cellular", 1), Made.optimal(2)]
        }
        let energy = Made.sweep(over: "calibration", ["published"]) { _, _ in
            [Made.run("mptcp", 2, efficiency: [1, 1, 1])]
        }
        let sweep = try Sweep(
            .init(
                path: "none.yaml",
                bytes: Array("name: none\ngenerate: {movement: walking, duration: 60s}\ngrid: {walk: [1]}\n".utf8)),
            quick: false)
        let none = try FluidErrors(sweep, SweepResult(identity: coverage.identity, rows: []))
        return PaperResults(
            indoor: Made.comparison([], competing: []), extract: [], walking: coverage, driving: coverage, radios: [],
            table: energy, schedulers: coverage, fluidWalking: none, fluidDriving: none, quick: quick, walkback: "1.2.3"
        )
    }

    @Test func `has every figure and table in the paper's order, and says which form it is`() throws {
        let quick = PaperPage.html(of: try results(quick: true))
        let heads = quick.split(separator: "<h2>").dropFirst().map { String($0.prefix { $0 != "<" }) }
        #expect(
            heads == [
                "Figure 1: a walk through a building", "Figure 2: an extract of a synthetic walk", "Figure 3: walking",
                "Figure 4: driving", "Figure 5: bits per Joule of each radio",
                "The energy table: walking, both networks everywhere", "The scheduler in a car",
                "The fluid engine on the same cells",
            ])
        #expect(quick.contains("This is the quick form") && !quick.contains("This is the whole"))
        #expect(quick.contains("Linux 6.12 &lt;own&gt; in place of the simulator"))
        let whole = PaperPage.html(of: try results(quick: false))
        #expect(whole.contains("This is the whole.") && !whole.contains("quick form"))
    }

    private static let shipped = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }

    /// A slip in any of these files is found before the first run. The runs take an hour.
    @Test(arguments: ["fig2", "fig3", "fig4", "fig5", "table", "driving"])
    func `reads every file before anything is run`(broken: String) throws {
        var template = Array("/tmp/walkback-paper.XXXXXX".utf8CString)
        let directory = FilePath(String(cString: try #require(mkdtemp(&template))))
        defer { Files.removeDirectory(directory) }
        for name in ["fig1", "fig2", "fig3", "fig4", "fig5", "table", "driving"] {
            let text = try Files.read(FilePath("\(Self.shipped)/Replays/paper/\(name).yaml")) ?? []
            #expect(!text.isEmpty)
            let slip = name == broken ? Array("sedes: 1\n".utf8) : []
            try HeldDirectory(directory).write(text + slip, to: "\(name).yaml")
        }
        let output = directory.appending("out")
        let request = PaperRequest(
            directory: directory, output: output, quick: true, jobs: 1, kernel: KernelChoice("\(directory)/no-kernel"),
            walkbackVersion: "1.2.3")
        let said = Mutex<[String]>([])
        let fault = #expect(throws: Fault.self) {
            try request.run(cancellation: try Cancellation()) { line in said.withLock { $0.append(line) } }
        }
        #expect(fault?.code == .badInput)
        #expect(fault?.message.contains("\(broken).yaml:") == true, "\(fault?.message ?? "")")
        #expect(fault?.message.contains("did you mean 'seeds'?") == true, "\(fault?.message ?? "")")
        #expect(said.withLock { $0 } == [])
        #expect(Files.entries(of: output) == [])
    }
}
