# Prints the table of scripts/coverage.sh from llvm-cov's lcov export: for each file its lines and branches,
# the reached ones, and the lines not reached. Fails below `least` percent.

$1 == "SF" { file = substr($2, index($2, "src/")); files[file] }
$1 == "DA" { count(lines, file SUBSEP $2, $3) }
# A branch is a line, a block and a way. Generic functions are listed once for each use.
$1 == "BRDA" { count(branches, file SUBSEP $2 SUBSEP $3 SUBSEP $4, $5 == "-" ? 0 : $5) }

function count(places, place, times) {
    if (!(place in places) || times > places[place])
        places[place] = times
}

function add(places, all, reached, missed,    place, part) {
    for (place in places) {
        split(place, part, SUBSEP)
        all[part[1]]++
        all["total"]++
        if (places[place] > 0) {
            reached[part[1]]++
            reached["total"]++
        } else
            missed[part[1]] = missed[part[1]] " " part[2]
    }
}

function percent(file, all, reached) {
    return all[file] ? sprintf("%6.2f", 100 * reached[file] / all[file]) : "     -"
}

function row(file) {
    printf "%-24s %5d %s %%  %5d %s %%  %s\n", file, lines_all[file],
        percent(file, lines_all, lines_reached), branches_all[file],
        percent(file, branches_all, branches_reached), lines_missed[file]
}

END {
    add(lines, lines_all, lines_reached, lines_missed)
    add(branches, branches_all, branches_reached, branches_missed)
    printf "%-24s %5s %8s  %5s %8s  %s\n", "file", "lines", "reached", "ways", "reached", "lines not reached"
    for (file in files)
        row(file)
    row("total")
    exit percent("total", lines_all, lines_reached) + 0 < least
}
