// SPDX-License-Identifier: Apache-2.0
import Statistics
import Testing

@Suite("Student's t")
struct StudentTTests {
    /// The two-sided 95 % points of the printed tables, for 1 to 30 degrees of freedom.
    static let table: [(Int, Double)] = [
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
        2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
        2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
    ].enumerated().map { ($0.offset + 1, $0.element) }

    @Test("The 95 % points are those of the tables", arguments: table)
    func table95(freedom: Int, expected: Double) throws {
        let value = try #require(StudentT(degreesOfFreedom: freedom)?.critical(confidence: 0.95))
        #expect(abs(value - expected) <= 0.0005)
    }

    @Test(
        "Other levels are those of the tables",
        arguments: [
            (1, 0.99, 63.657), (5, 0.99, 4.032), (10, 0.9, 1.812), (29, 0.99, 2.756), (60, 0.95, 2.000),
            (120, 0.95, 1.980),
        ])
    func otherLevels(freedom: Int, confidence: Double, expected: Double) throws {
        let value = try #require(StudentT(degreesOfFreedom: freedom)?.critical(confidence: confidence))
        #expect(abs(value - expected) <= 0.0005)
    }

    @Test("With many degrees of freedom it approaches the normal distribution")
    func infinity() throws {
        let value = try #require(StudentT(degreesOfFreedom: 200_000)?.critical(confidence: 0.95))
        #expect(abs(value - 1.959964) < 0.00002)
    }

    @Test("Exact closed forms: t = 1 with one degree of freedom covers a half, t = sqrt 2 with two covers 1/sqrt 2")
    func closedForms() throws {
        #expect(abs(try #require(StudentT(degreesOfFreedom: 1)).probability(within: 1) - 0.5) < 1e-15)
        #expect(
            abs(try #require(StudentT(degreesOfFreedom: 2)).probability(within: 2.0.squareRoot()) - 0.5.squareRoot())
                < 1e-15)
    }

    @Test("Without degrees of freedom there is no distribution, and for certainty no critical value")
    func refused() throws {
        #expect(StudentT(degreesOfFreedom: 0) == nil)
        let t = try #require(StudentT(degreesOfFreedom: 3))
        #expect(t.critical(confidence: 0) == nil)
        #expect(t.critical(confidence: 1) == nil)
        #expect(t.critical(confidence: .nan) == nil)
    }
}
