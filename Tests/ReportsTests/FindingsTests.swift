// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Plans
import Quantities
import Reports
import Results
import Testing

@Suite("What a comparison found besides its totals")
struct FindingsTests {
    static let rich = Fixture.result(.init(seconds: 100, seeds: [1, 2, 3], rich: true))
    static let ten = EnergyAmount(joules: 10)
    static let plain = Fixture.result(.init(seconds: 24, seeds: [1, 2]))

    /// The cells of the row with this name in the terminal's table.
    private func row(_ name: String, in text: String) -> [String]? {
        text.split(separator: "\n").first { $0.hasPrefix("\(name)  ") }?.split(separator: " ").map(String.init)
    }

    @Test("Table, summary, page and JSON have the same numbers for every strategy's ratio")
    func agreement() throws {
        let result = Self.rich
        let means = result.ratios.filter { $0.seed == nil && $0.value != nil }
        #expect(means.count == 6 + 1 + 7)
        let text = ComparisonTable.text(of: result)
        let markdown = Summary.markdown(of: result)
        let page = HTMLReport.text(of: result)
        guard case .object(let document) = ComparisonDocument.json(of: result),
            case .array(let ratios)? = document["ratios"]
        else {
            Issue.record("not the shape of a comparison")
            return
        }
        for mean in means {
            let json = ratios.compactMap { ratio -> [String: JSON]? in
                guard case .object(let ratio) = ratio, ratio["seed"] == .string("all") else { return nil }
                return ratio["name"] == .string(mean.name) ? ratio : nil
            }
            guard let entry = json.first, case .number(let value)? = entry["value"],
                case .number(let low)? = entry["low"], case .number(let high)? = entry["high"],
                case .number(let smallest)? = entry["smallest_difference"]
            else {
                Issue.record("\(mean.name) lacks a value in comparison.json")
                continue
            }
            let cells = [
                value.text(decimals: 3), "\(low.text(decimals: 3)) to \(high.text(decimals: 3))",
                smallest.text(decimals: 3),
            ]
            #expect(
                row(mean.name, in: text)?.dropFirst().joined(separator: " ") == cells.joined(separator: " "))
            #expect(
                markdown.contains(
                    "\(mean.name)\(mean.name == "mptcp/optimal" ? "**" : "") | \(cells.joined(separator: " | ")) |"))
            #expect(page.contains("<th scope=\"row\">\(mean.name)</th>" + cells.map { "<td>\($0)</td>" }.joined()))
            // The table of strategies has the same numbers.
            guard mean.name.hasSuffix("/optimal") else { continue }
            let strategy = String(mean.name.dropLast("/optimal".count))
            let columns = try #require(row(strategy, in: text))
            #expect(columns[3...6].joined(separator: " ") == cells[0] + " " + cells[1])
        }
    }

    @Test("What was not asked for has no section")
    func hidden() {
        let page = HTMLReport.text(of: Self.plain)
        let everything = HTMLReport.text(of: Self.rich)
        for heading in ["Where built", "Competition", "Energy", "Hand-offs"] {
            #expect(!page.contains("<h2>\(heading)"), "\(heading)")
            #expect(everything.contains("<h2>\(heading)"), "\(heading)")
        }
        #expect(!page.contains("Completion times") && !everything.contains("Completion times"))
        #expect(!ComparisonTable.text(of: Self.plain).contains("Mb/J"))
    }

    @Test("Missing bytes of built Optimal TCP add up, over causes and over windows")
    func built() throws {
        let windows = Self.rich.builtWindows
        #expect(windows.count == 3 * 10)
        let missing = Double(windows.reduce(0) { $0 + $1.missing.bytes }) / 3e6
        let all = try #require(
            HTMLReport.text(of: Self.rich).split(separator: "<th scope=\"row\">all</th>").dropFirst().first)
        #expect(all.prefix { $0 != "\n" }.contains("<td>\(missing.text(decimals: 2))</td>"))
    }

    @Test("Where much is missing the largest cause is given, where next to nothing is missing none is")
    func cause() {
        #expect(HTMLReport.text(of: Self.rich).contains("MB that are missing, "))
        var equal = Self.rich
        for index in equal.ratios.indices where equal.ratios[index].name == "optimal-built/spliced-optimal" {
            equal.ratios[index].value = 1.004
        }
        let page = HTMLReport.text(of: equal)
        #expect(page.contains("Built Optimal TCP moved 0.4 % more than the spliced one"))
        #expect(!page.contains("that are missing, "))
    }

    @Test("Competition is reported next to the paper's number")
    func competition() throws {
        let one = try #require(Self.rich.competitions.first)
        #expect(one.flows.map(\.name) == ["tcp-wifi", "tcp-cellular"])
        let text = ComparisonTable.text(of: Self.rich)
        #expect(text.contains("the paper says about 14 % more"))
        #expect(row("tcp-wifi", in: text) != nil)
    }

    @Test("Where models disagree on an order, neither is supported")
    func flips() {
        let page = HTMLReport.text(of: Self.rich)
        #expect(page.contains("so neither order is supported"))
        var agreed = Self.rich
        for index in agreed.runs.indices {
            agreed.runs[index].energy = ["hybrid", "constant"].map { .init(model: $0, paths: [Self.ten]) }
        }
        #expect(HTMLReport.text(of: agreed).contains("is the same under each of hybrid, constant"))
        var one = Self.rich
        for index in one.runs.indices { one.runs[index].energy = [.init(model: "hybrid", paths: [Self.ten])] }
        #expect(!HTMLReport.text(of: one).contains("depends on the model"))
    }

    @Test("An order that only models of other radios reverse is no flip")
    func otherRadios() {
        var result = Self.rich
        result.runs = result.runs.filter { $0.strategy.path(among: ["wifi", "cellular"]) != nil && $0.seed == 1 }
        for (index, run) in result.runs.enumerated() {
            result.runs[index].energy = [
                .init(model: "hybrid", paths: [Self.ten]), .init(model: "constant", paths: [Self.ten]),
                .init(
                    model: "huang-2012",
                    paths: [EnergyAmount(joules: run.delivered.megabytes * run.delivered.megabytes)]),
            ]
        }
        #expect(HTMLReport.text(of: result).contains("is the same under each of hybrid, constant"))
    }

    @Test("A hand-off that every seed has is one row, which says how many have a value")
    func handoffs() {
        var result = Fixture.result(.init(seconds: 24, seeds: [1, 2, 3]))
        for index in result.runs.indices where result.runs[index].strategy == .mptcp {
            let seed = result.runs[index].seed
            result.runs[index].handoffs = [
                .init(
                    kind: .gained, path: "wifi", time: .seconds(7), longestGap: .milliseconds(100 * Int(seed)),
                    carriesAgain: seed == 1 ? nil : .milliseconds(250), stranded: ["cellular": ByteCount(30_000)])
            ]
        }
        let text = ComparisonTable.text(of: result)
        #expect(
            row("mptcp: gained wifi", in: text)
                == [
                    "mptcp:", "gained", "wifi", "3", "0.30", "s", "0.20", "s", "-", "0.25", "s,", "2", "of", "3",
                    "30.0",
                ])
    }

    @Test("Exchanges that the run cut off count as slower than they were seen to be, and as late")
    func exchanges() throws {
        var result = Fixture.result(
            .init(seconds: 24, seeds: [1], reconnecting: false, workload: Workload(Workload.Stream())))
        for index in result.runs.indices {
            result.runs[index].exchanges = (0..<10).map { number in
                .init(
                    start: .seconds(number),
                    end: number < 8 ? .seconds(number) + .milliseconds(100 * (number + 1)) : nil,
                    size: ByteCount(1))
            }
        }
        // 0.1 to 0.8 s, and two that never end; the default deadline is 0.4 s.
        #expect(
            row(
                "mptcp",
                in: try #require(ComparisonTable.text(of: result).split(separator: "\nframes").last.map(String.init)))
                == ["mptcp", "10", "0.500", "s", "-", "-", "-", "-", "2", "6", "(60.0", "%)"])
        #expect(HTMLReport.text(of: result).contains("Completion times"))
    }
}
