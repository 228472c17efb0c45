#!/usr/bin/env perl
# The soak: two Rondos, twelve mail nodes, a steady load, and everything that happens to them; a line each minute, and a
# judgement at the end. scripts/soak starts it, in namespaces of its own.
#
#   soak.pl RONDO FOLDER SECONDS SEED RATE
#
# Data flow: Story (what happens) -> nodes and daemons -> Load (queries, answers) -> Daemon::fault (what was allowed at
# that moment) -> counts -> this file's lines and judgement.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Time::HiRes qw(time sleep);
use Daemon;
use Load;
use Story;

use constant {
  STEP => 0.02,
  # A node that accepts and says nothing: 1 s + 1 s + 1 s (every=, fast=, timeout=), and one second more for the rest.
  DETECTION => 4,
  # How far a node's share of the first places may be from even, beyond chance.
  UNEVEN => 0.02,
  LEAST_JUDGED => 200,
};

my ($rondo, $folder, $seconds, $seed, $rate) = @ARGV;
$| = 1;
srand $seed;
$SIG{PIPE} = 'IGNORE';

my $start = time;
my $isStopped = 0;
$SIG{TERM} = $SIG{INT} = sub { $isStopped = 1 };

sub clock { my ($at) = @_; my @t = localtime $at; return sprintf '%02d:%02d:%05.2f', @t[2, 1], $t[0] + $at - int $at }

my @notes;
sub note { my ($text) = @_; push @notes, $text; print '  ', clock(time), " $text\n" if @notes <= 200 }

# --- how late this process itself is: what it measures is not to be blamed on Rondo ---

my @late = (0, 0);
my ($lateTurn, $latest, $stepStart) = (0, 0, time);
# By how many seconds a step was late, in the last ten to twenty seconds; the step under way counts too.
sub lateness {
  my $worst = time - $stepStart - 2 * STEP;
  for my $by (@late) { $worst = $by if $by > $worst }
  return $worst > 0 ? $worst : 0;
}
sub begin_step {
  my ($now) = @_;
  my $by = $now - $stepStart - STEP;
  if (int($now / 10) != $lateTurn) { $lateTurn = int($now / 10); @late = (0, $late[0]) }
  $late[0] = $by if $by > $late[0];
  $latest = $by if $by > $latest;
  $stepStart = $now;
}

# --- nodes ---

my %nodes = map {
  $_ => {name => "ex$_", ipv4 => "127.0.1.$_", ipv6 => "fd53::1:$_", fault => '', healedAt => 0}
} 1 .. 12;
my %nameOf = map { ($nodes{$_}{ipv4} => "ex$_", $nodes{$_}{ipv6} => "ex$_") } keys %nodes;

sub start_node {
  my ($number) = @_;
  my $node = $nodes{$number};
  my $pid = fork // die "fork: $!\n";
  if (!$pid) { exec $^X, "$FindBin::Bin/node.pl", $node->{name}, $node->{ipv4}, $node->{ipv6}; die "exec: $!\n" }
  $node->{pid} = $pid;
}
start_node($_) for keys %nodes;

# --- daemons ---

sub daemon {
  my ($name, $last, %more) = @_;
  return Daemon->new(name => $name, rondo => $rondo, folder => "$folder/$name",
    addresses => ["127.0.0.$last", "fd53::$last"], nodes => \%nodes, detection => DETECTION,
    lateness => \&lateness, note => \&note, faulty => [], %more);
}
my $steady = daemon('steady', 53);
my $restarted = daemon('restarted', 54, restarts => 1);
my @daemons = ($steady, $restarted);
for my $node (values %nodes) {
  for my $place ([$node->{ipv4}, 2525], [$node->{ipv6}, 8080]) {
    for (1 .. 200) {
      last if IO::Socket::IP->new(PeerHost => $place->[0], PeerPort => $place->[1], Timeout => 1);
      sleep 0.1;
    }
  }
}
for my $daemon (@daemons) {
  my $first = {nodes => [1 .. 8], ttl => 60};
  $daemon->write_zone($first);
  $daemon->offer($first);
  $daemon->settled(1);
  $daemon->start;
}
for (1 .. 200) {
  $_->read_log for @daemons;
  last if !grep { !$_->{isReady} } @daemons;
  sleep 0.1;
}
for my $daemon (@daemons) {
  next if $daemon->{isReady} && $daemon->is_running;
  print "the daemon did not start; its log:\n", `tail -n 5 $daemon->{folder}/log`;
  exit 1;
}

my $canReplace = `$rondo serve --help` =~ /^ +--replace\b/m ? 1 : 0;
my $load = Load->new(daemons => \@daemons, rate => $rate, lateness => \&lateness, note => \&note);
my $pace = $seconds / 20 < 10 ? $seconds / 20 : 10;
my $story = Story->new(daemons => \@daemons, nodes => \%nodes, pace => $pace, seed => $seed,
  restart => $seconds / 6 < 180 ? $seconds / 6 : 180, canReplace => $canReplace, start_node => \&start_node,
  lateness => \&lateness, note => \&note);

# --- the status port, read without waiting for it ---

my @fetches;
sub fetch {
  my ($daemon, $path) = @_;
  return if $daemon->{busy} && $daemon->{busy} =~ /^restart/;
  my $socket = IO::Socket::IP->new(PeerHost => $daemon->{addresses}[0], PeerPort => 8053, Timeout => 1);
  if (!$socket) { $daemon->bad("the status port refuses") if $daemon->is_running; return }
  $socket->blocking(0);
  syswrite $socket, "GET $path HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
  push @fetches,
    {daemon => $daemon, socket => $socket, path => $path, text => '', began => time, life => $daemon->{starts}};
}

# Counters go on, also when another process takes over.
sub read_metrics {
  my ($daemon, $text) = @_;
  my %count;
  $count{$1} += $2
    while $text =~ /^(rondo_(?:queries|responses|log_lines_lost)_total)(?:\{[^}]*\})? (\d+)$/mg;
  for my $name (sort keys %count) {
    my $before = $daemon->{metrics}{$name} // 0;
    $daemon->bad("$name falls from $before to $count{$name}") if $count{$name} < $before;
  }
  $daemon->bad("$count{rondo_log_lines_lost_total} lines of the log are lost") if $count{rondo_log_lines_lost_total};
  $daemon->bad('/metrics has no count of queries') if !$count{rondo_queries_total};
  $daemon->{metrics} = \%count;
}

sub read_fetches {
  my ($now) = @_;
  my @open;
  for my $fetch (@fetches) {
    my $count;
    while ($count = sysread $fetch->{socket}, $fetch->{text}, 65536, length $fetch->{text}) { }
    my $daemon = $fetch->{daemon};
    # A restart ends it.
    next if $daemon->{starts} != $fetch->{life} || $daemon->{busy} && $daemon->{busy} =~ /^restart/;
    if (!defined $count && $!{EAGAIN}) {
      if ($now - $fetch->{began} < 5 + 3 * lateness()) { push @open, $fetch }
      else { $daemon->bad("GET $fetch->{path}: no answer") }
      next;
    }
    $daemon->{counts}{fetched}++;
    if ($fetch->{text} !~ m{^HTTP/1\.1 200 }) {
      $daemon->bad("GET $fetch->{path}: " . substr $fetch->{text}, 0, 60);
      next;
    }
    read_metrics($daemon, $fetch->{text}) if $fetch->{path} eq '/metrics';
  }
  @fetches = @open;
}

# --- samples and lines ---

sub sample {
  my ($now) = @_;
  for my $daemon (@daemons) {
    next if $daemon->{busy} && $daemon->{busy} =~ /^restart/;
    my @sizes = $daemon->sizes or next;
    push @{$daemon->{samples}}, [$now - $start, @sizes] if $daemon == $steady;
    $daemon->{last} = \@sizes;
  }
}

sub total { my ($counts) = @_; my $sum = 0; $sum += $_ for values %$counts; return $sum }

sub sizes_text {
  my ($daemon) = @_;
  my ($resident, $descriptors, $threads) = @{$daemon->{last} // [0, 0, 0]};
  return sprintf '%s %.1f MiB %d fd %d thr', $daemon->{name}, $resident / 1024, $descriptors, $threads;
}

my %before = (sent => 0, answered => 0);
sub line {
  my ($now) = @_;
  my ($uneven, $where, $sets) = $load->unevenness($load->{minuteFair}, LEAST_JUDGED);
  my $faults = total($steady->{faults}) + total($restarted->{faults});
  my $held = @{$story->faulty};
  printf "%s +%d:%02d  %d asked, %d answered; in all %d lost, %d in gaps, %d wrong, %d faults | %s | %s, start %d"
    . " | first places of the usual set: %s; uneven %.1f %% of %d sets | %d nodes fail; drained %s | late %.2f s\n",
    substr(clock($now), 0, 8), ($now - $start) / 3600, ($now - $start) / 60 % 60, $load->{sent} - $before{sent},
    $load->{answered} - $before{answered}, $load->{lost}, $load->{gap}, total($load->{wrong}), $faults,
    sizes_text($steady), sizes_text($restarted), $restarted->{starts}, $load->shares($load->{minuteFair}, \%nameOf),
    100 * $uneven, $sets, $held,
    join('+', map { join(',', map { "ex$_" } sort keys %{$_->{drained}}) || '-' } @daemons), lateness();
  %before = (sent => $load->{sent}, answered => $load->{answered});
  $load->{minuteFair} = {};
}

# --- the run ---

print "soak: ", $seconds / 3600, " h from seed $seed, $rate queries/s; ", `$rondo version`;
print "restarts by SIGTERM and SIGKILL", $canReplace ? " and --replace\n" : "; this binary has no --replace\n";
my ($last, $nextSecond, $nextSample, $nextLine, $nextFetch) = (time, time, time + 5, time + 60, time + 3);
my @pages = map { ('/metrics', $_) } qw(/status.json /healthz /readyz / /events.json /status.txt /maintenance.json);
my $page = 0;
begin_step(time);
while (!$isStopped && !$story->{isBroken}) {
  sleep STEP;
  my $now = time;
  begin_step($now);
  last if $now - $start > $seconds;
  $load->step($now, $now - $last);
  $last = $now;
  $_->reap for @daemons;
  $_->read_log for @daemons;
  $story->step($now);
  $story->resume($_, $now) for @daemons;
  read_fetches($now);
  if ($now >= $nextSecond) {
    $nextSecond = $now + 1;
    $load->expire($now);
    $_->expect($now) for @daemons;
    for my $daemon (@daemons) {
      next if $daemon->{busy} && $daemon->{busy} =~ /^restart/;
      if (!$daemon->is_running) { $daemon->bad("has ended by itself, wait status $?"); $story->{isBroken} = 1 }
    }
  }
  if ($now >= $nextFetch) { $nextFetch = $now + 5; fetch($_, $pages[$page % @pages]) for @daemons; $page++ }
  if ($now >= $nextSample) { $nextSample = $now + ($seconds < 600 ? 1 : 10); sample($now) }
  if ($now >= $nextLine) { $nextLine += 60; line($now) }
}
my $ran = time - $start;

# --- the end: everything heals, nothing is asked any more, and both daemons end in time ---

$load->{isOver} = 1;
my $isUnderStop = $isStopped;
for (1 .. 400) {
  last if !$load->pending && !grep { @{$_->{commands}} || $_->{next_step} } @daemons;
  sleep STEP;
  $load->step(time, 0);
  $_->reap for @daemons;
  $_->read_log for @daemons;
  for my $daemon (@daemons) { $daemon->{next_step}->() if $daemon->{next_step} }
}
$load->expire(time + 1000);
line(time);
for my $daemon (@daemons) {
  next if !$daemon->is_running;
  my $began = time;
  kill 'TERM', $daemon->{pid};
  waitpid $daemon->{pid}, 0;
  $daemon->bad("ends on SIGTERM with wait status $?") if $?;
  my $took = time - $began;
  $daemon->{longestStop} = $took if $took > $daemon->{longestStop};
  $daemon->bad(sprintf 'needs %.1f s to end on SIGTERM', $took) if $took > Daemon::STOP_BOUND() + 3 * lateness();
  $daemon->read_log;
}
for my $node (values %nodes) { kill 'KILL', $node->{pid}; kill 'CONT', $node->{pid} }

# --- judgement ---

my $failed = 0;
sub judge {
  my ($isGood, $text) = @_;
  $failed++ if !$isGood;
  print $isGood ? 'ok      ' : 'FAILED  ', $text, "\n";
}
sub median { my @sorted = sort { $a <=> $b } @_; return @sorted ? $sorted[$#sorted / 2] : 0 }

print "\nJudgement after ", sprintf('%.2f', $ran / 3600), " h, seed $seed\n";
my $what = join ', ', map { "$story->{counts}{$_} $_" } sort keys %{$story->{counts}};
print "happened: $what\n";
judge($load->{sent} > 0 && !$load->{lost}, sprintf '%d queries, %d answers, %d lost; %d more in the gaps of restarts,'
  . ' the longest %.1f s', $load->{sent}, $load->{answered}, $load->{lost}, $load->{gap}, $restarted->{longestGap});
judge(!%{$load->{wrong}}, 'wrong answers: '
  . (join(', ', map { "$load->{wrong}{$_} $_" } sort keys %{$load->{wrong}}) || 'none'));
my ($uneven, $where, $sets) = $load->unevenness($load->{fair}, LEAST_JUDGED);
judge($sets > 0 && $uneven <= UNEVEN, sprintf 'first places are even: at worst %.2f %% beyond chance (bound %d %%) in'
  . ' %d sets of addresses with %d answers or more%s', 100 * $uneven, 100 * UNEVEN, $sets, LEAST_JUDGED,
  $uneven > UNEVEN ? ", $where" : '');
# The first quarter warms up; what the second has is compared with the last.
my @samples = @{$steady->{samples}};
my @early = grep { $_->[0] >= $ran / 4 && $_->[0] < $ran / 2 } @samples;
my @later = grep { $_->[0] >= $ran * 3 / 4 } @samples;
if (@early && @later) {
  my ($m1, $m2) = (median(map { $_->[1] } @early), median(map { $_->[1] } @later));
  # In its first minutes a daemon still sees things for the first time.
  my $room = $ran < 600 ? 8 : 2;
  judge($m2 <= $m1 * 1.05 + 1024 * $room, sprintf 'memory of the daemon that is never restarted: %.2f MiB in the second'
    . ' quarter, %.2f in the last (bound: 5 %% and %d MiB more); %+.2f MiB/h', $m1 / 1024, $m2 / 1024, $room,
    ($m2 - $m1) / 1024 / ($ran / 2 / 3600));
  my ($d1, $d2) = (median(map { $_->[2] } @early), median(map { $_->[2] } @later));
  judge($d2 <= $d1 + 16, "its descriptors: $d1, then $d2 (bound: 16 more)");
  my ($t1, $t2) = (median(map { $_->[3] } @early), median(map { $_->[3] } @later));
  judge($t2 <= $t1 + 2, "its threads: $t1, then $t2 (bound: 2 more)");
}
else { judge(0, 'memory: too few samples') }
for my $daemon (@daemons) {
  my $excused = join ', ', map { "$daemon->{excused}{$_} $_" } sort keys %{$daemon->{excused}};
  my $reloads = join ', ', map { "$daemon->{reloads}{$_} $_" } sort keys %{$daemon->{reloads}};
  judge(!%{$daemon->{faults}}, "$daemon->{name}: $daemon->{starts} starts, stopped within "
    . sprintf('%.2f s', $daemon->{longestStop}) . ", reloads: $reloads, pool-fail-open: $daemon->{failOpens}, isolated:"
    . " $daemon->{isolations}; excused, as this script was late itself: " . ($excused || 'nothing')
    . join('', map { "; $daemon->{faults}{$_} x $_" } sort keys %{$daemon->{faults}}));
}
if (@{$restarted->{lives}}) {
  my @lives = sort { $a->[1] <=> $b->[1] } grep { defined $_->[1] } @{$restarted->{lives}};
  printf "%s had %.1f to %.1f MiB at the ends of its lives (%.0f to %.0f s)\n", $restarted->{name}, $lives[0][1] / 1024,
    $lives[-1][1] / 1024, (sort { $a <=> $b } map { $_->[0] } @lives)[0, -1] if @lives;
}
print "this script itself was late by at most ", sprintf('%.2f', $latest), " s\n";
print "  $_\n" for @{$load->{examples}};
if ($isUnderStop) { print "ended early by a signal\n" }
exit($failed ? 1 : 0);
