# What happens to the two Rondos and to the nodes: faults, reloads, drains, restarts, hostile clients.
#
# One thing at a time for each daemon (`busy`), whatever the load and the nodes do meanwhile. The nodes, each daemon and
# the hostile clients have a generator of random numbers each, so that a seed gives each of them the same choices.
package Story;
use strict;
use warnings;
use IO::Socket::IP;
use IO::Socket::UNIX;
use POSIX qw(WNOHANG);
use Time::HiRes qw(time);

use constant {
  ANCHORS => 2,             # nodes that never fail, so that no pool is empty
  FLAPPERS => 4,            # and up to this number those that fail often
  MOST_FAULTY => 4,
  MOST_SERVED => 8,
  SIGNAL => {refuse => 'KILL', hang => 'STOP', sick => 'USR1'},
};

my @broken = ('$POOL x', 'mail 60 ROTATE nopool', 'x A 300.1.2.3', '$CHECK', '@ CNAME elsewhere', "\x00\xFF",
  '$NODE ex1', '$TTL -1', 'x 60 MX', '$POOL again exnone check=web');

# daemons, nodes, pace (seconds between two things, on average), restart (seconds between two restarts), seed, note,
# start_node, lateness, canReplace.
sub new {
  my ($class, %arguments) = @_;
  my $self = bless {%arguments, counts => {}, nextNode => 0, nextHostile => 0, open => []}, $class;
  my $now = time;
  my $number = 0;
  $self->{nodeDraw} = generator($self->{seed}, $number++);
  $self->{hostileDraw} = generator($self->{seed}, $number++);
  $_->{draw} = generator($self->{seed}, $number++) for @{$self->{daemons}};
  $_->{next} = $now + 5 + $_->{draw}->($self->{pace}) for @{$self->{daemons}};
  $self->{nextNode} = $now + 3;
  $self->{nextHostile} = $now + 2;
  $self->{nextRestart} = $now + $self->{restart} / 2;
  return $self;
}

# A generator of fractions of what it is given, 1 unless anything is (a linear congruence of 64 bits).
sub generator {
  my ($seed, $number) = @_;
  my $state = $seed * 1000 + $number;
  my $draw = sub {
    my ($most) = @_;
    { use integer; $state = $state * 6364136223846793005 + 1442695040888963407; }
    return (($state >> 33) & 0x7FFFFFFF) / 0x80000000 * ($most // 1);
  };
  $draw->() for 1 .. 4;
  return $draw;
}

sub around { my ($draw, $mean) = @_; return $mean * (0.5 + $draw->()) }

sub step {
  my ($self, $now) = @_;
  if ($now >= $self->{nextNode}) {
    $self->{nextNode} = $now + around($self->{nodeDraw}, $self->{pace} * 3);
    $self->flap($now);
  }
  $self->heal($now);
  if ($now >= $self->{nextHostile}) { $self->{nextHostile} = $now + around($self->{hostileDraw}, 1); $self->hostile }
  for my $daemon (@{$self->{daemons}}) {
    $daemon->{next_step}->() if $daemon->{next_step};
    next if $daemon->{busy} || $now < $daemon->{next};
    $daemon->{next} = $now + around($daemon->{draw}, $self->{pace});
    if ($daemon->{restarts} && $now >= $self->{nextRestart}) {
      $self->{nextRestart} = $now + around($daemon->{draw}, $self->{restart});
      $self->restart($daemon);
      next;
    }
    my @things = qw(reload reload reload hup bad bad drain drain drain axfr axfr status events quiet explain may_drain);
    my $thing = $things[$daemon->{draw}->(scalar @things)];
    $self->{counts}{$thing}++;
    $daemon->{busy} = $thing;
    $daemon->{expected} = [] if $thing =~ /^(reload|hup|drain)$/;
    $self->$thing($daemon);
  }
}

sub over { my ($daemon) = @_; $daemon->{busy} = ''; return }

# --- nodes ---

sub faulty { my ($self) = @_; return [grep { $self->{nodes}{$_}{fault} } sort keys %{$self->{nodes}}] }

sub flap {
  my ($self, $now) = @_;
  my $draw = $self->{nodeDraw};
  my $isOften = $draw->() < 0.5;
  my @healthy = grep { $_ > ANCHORS && !$self->{nodes}{$_}{fault} && ($_ <= FLAPPERS) == $isOften }
    sort { $a <=> $b } keys %{$self->{nodes}};
  return if !@healthy || @{$self->faulty} >= MOST_FAULTY;
  my $number = $healthy[$draw->(scalar @healthy)];
  my $fault = (qw(refuse hang sick))[$draw->(3)];
  my $node = $self->{nodes}{$number};
  kill SIGNAL->{$fault}, $node->{pid};
  waitpid $node->{pid}, 0 if $fault eq 'refuse';
  @$node{qw(fault faultySince healAt)} = ($fault, $now, $now + 3 + $draw->($self->{pace} * 5));
  $self->{counts}{"node $fault"}++;
  for my $daemon (@{$self->{daemons}}) {
    $daemon->{faulty} = $self->faulty;
    $daemon->{expected} = [grep { $_ != $number } @{$daemon->{expected}}];
  }
}

sub heal {
  my ($self, $now) = @_;
  for my $number (@{$self->faulty}) {
    my $node = $self->{nodes}{$number};
    next if $now < $node->{healAt};
    my $fault = $node->{fault};
    $node->{fault} = '';
    $node->{healedAt} = $now;
    if ($fault eq 'hang') { kill 'CONT', $node->{pid} }
    elsif ($fault eq 'sick') { kill 'USR2', $node->{pid} }
    else { $self->{start_node}->($number) }
    $_->{faulty} = $self->faulty for @{$self->{daemons}};
  }
}

# --- reloads ---

# Another set of nodes and another TTL.
sub changed {
  my ($self, $daemon) = @_;
  my $draw = $daemon->{draw};
  my @others = sort { $a <=> $b } grep { $_ > ANCHORS } keys %{$self->{nodes}};
  # An answer has eight addresses at most: with no more nodes it has all that are healthy.
  splice @others, $draw->(scalar @others), 1
    while @others > MOST_SERVED - ANCHORS || @others > 3 && $draw->() < 0.3;
  my @nodes = (1 .. ANCHORS, @others);
  return {nodes => \@nodes, ttl => (5, 10, 20, 30, 60)[$draw->(5)]};
}

sub reload {
  my ($self, $daemon) = @_;
  my $new = $self->changed($daemon);
  $daemon->write_zone($new);
  $daemon->offer($new);
  $daemon->rondo(sub {
    my ($status, $said) = @_;
    $daemon->bad("reload of a good file: status $status: $said") if $status;
    $daemon->settled(!$status);
    over($daemon);
  }, 'reload');
}

sub hup {
  my ($self, $daemon) = @_;
  my $new = $self->changed($daemon);
  $daemon->write_zone($new);
  $daemon->offer($new);
  $daemon->{lastSignal} = '';
  my $began = time;
  kill 'HUP', $daemon->{pid};
  $daemon->{next_step} = sub {
    if (!$daemon->{lastSignal} && time - $began < 20) { return }
    my $outcome = $daemon->{lastSignal} || 'nothing in the log';
    $daemon->bad("SIGHUP with a good file: $outcome") if $outcome ne 'ok';
    $daemon->settled($daemon->{lastSignal} eq 'ok');
    delete $daemon->{next_step};
    over($daemon);
  };
}

sub bad {
  my ($self, $daemon) = @_;
  my $now = $daemon->configuration;
  $daemon->write_zone($self->changed($daemon), $broken[$daemon->{draw}->(scalar @broken)]);
  $daemon->rondo(sub {
    my ($status, $said) = @_;
    $daemon->bad("reload of a bad file: status $status") if $status != 1;
    $daemon->write_zone($now);
    over($daemon);
  }, 'reload');
}

# --- drains ---

sub drain {
  my ($self, $daemon) = @_;
  my @nodes = @{$daemon->configuration->{nodes}};
  my $number = $nodes[$daemon->{draw}->(scalar @nodes)];
  # One of the nodes that never fail stays in the answers.
  if ($number <= ANCHORS && grep { $_ <= ANCHORS } keys %{$daemon->{drained}}) { over($daemon); return }
  my @end = $daemon->{draw}->() < 0.5 ? ('--for', (1 + int $daemon->{draw}->(2)) . 'm') : ();
  my $began = time;
  $daemon->rondo(sub {
    my ($status, $said) = @_;
    my $now = time;
    if ($status) {
      $self->{counts}{'drain refused'}++;
      $self->{note}->("$daemon->{name}: drain ex$number refused: " . ($said =~ /^(.*)/)[0]);
      over($daemon);
      return;
    }
    # An end is a whole second. A node that is drained already keeps its end if no other is given.
    my $before = $daemon->{drained}{$number}{until} // 0;
    my $until = @end ? int($began + 60 * ($end[1] =~ /(\d)/)[0]) - 0.1
      : $before > $began + 1 ? $before
      # It may just have ended: nothing is known.
      : $before > $began - 2 ? $now : 9e9;
    $daemon->{expected} = [grep { $_ != $number } @{$daemon->{expected}}];
    $daemon->{drained}{$number} = {from => $now + 0.05, until => $until};
    over($daemon);
  }, 'drain', "ex$number", '--by', 'soak', '--reason', 'soak', @end);
  $daemon->{resume}{$number} = time + 5 + $daemon->{draw}->($self->{pace} * 4) if !@end;
}

# Resumes what is due, and forgets drains that have ended.
sub resume {
  my ($self, $daemon, $now) = @_;
  for my $number (keys %{$daemon->{drained}}) {
    next if $daemon->{drained}{$number}{until} > $now - 5;
    delete $daemon->{drained}{$number};
    $daemon->{freedAt}{$number} = $now;
  }
  return if $daemon->{busy};
  for my $number (keys %{$daemon->{resume}}) {
    next if $now < $daemon->{resume}{$number};
    delete $daemon->{resume}{$number};
    next if !grep { $_ == $number } @{$daemon->configuration->{nodes}};
    delete $daemon->{drained}{$number};
    $daemon->{freedAt}{$number} = $now;
    $daemon->{busy} = 'resume';
    $self->{counts}{resume}++;
    $daemon->rondo(sub {
      my ($status, $said) = @_;
      $daemon->bad("resume ex$number: status $status: $said") if $status;
      over($daemon);
    }, 'resume', "ex$number");
    return;
  }
}

# --- questions ---

sub axfr {
  my ($self, $daemon) = @_;
  my @words = qw(soak.example AXFR +noall +answer +time=5 +tries=1);
  $daemon->command(['dig', "\@$daemon->{addresses}[0]", @words], sub {
    my ($status, $said) = @_;
    my @soas = $said =~ /\sSOA\s/g;
    my @rotated = $said =~ /^mail\.soak\.example\.\s.*\s(?:A|AAAA)\s/mg;
    $daemon->bad("AXFR: status $status, " . @soas . ' SOA, ' . @rotated . ' addresses')
      if $status || @soas != 2 || @rotated < 2;
    over($daemon);
  });
}

# Each of these must succeed, whatever it says.
sub ask {
  my ($self, $daemon, $isRight, @words) = @_;
  $daemon->rondo(sub {
    my ($status, $said) = @_;
    $daemon->bad("@words: status $status: " . substr $said, 0, 200) if !$isRight->($status, $said);
    over($daemon);
  }, @words);
}

sub status { my ($self, $daemon) = @_; $self->ask($daemon, sub { $_[0] <= 2 && $_[1] =~ /^[A-Z ]+:/ }, 'status') }
sub events { my ($self, $daemon) = @_; $self->ask($daemon, sub { $_[0] == 0 }, 'events') }
sub quiet { my ($self, $daemon) = @_; $self->ask($daemon, sub { $_[0] <= 1 && $_[1] =~ /ex1/ }, 'quiet', 'ex1') }
sub may_drain {
  my ($self, $daemon) = @_;
  $self->ask($daemon, sub { $_[0] <= 1 && $_[1] =~ /ex2/ }, 'may-drain', 'ex2');
}
sub explain {
  my ($self, $daemon) = @_;
  $self->ask($daemon, sub { $_[0] == 0 && $_[1] =~ /ex1/ }, 'explain', 'mail.soak.example', 'A');
}

# --- restarts ---

sub restart {
  my ($self, $daemon) = @_;
  my @ways = ('term', 'kill', $self->{canReplace} ? ('replace', 'replace') : ());
  my $way = $ways[$self->{restartNumber}++ % @ways];
  $self->{counts}{"restart $way"}++;
  $daemon->{busy} = "restart $way";
  $daemon->{expected} = [];
  push @{$daemon->{lives}}, [time - $daemon->{startedAt}, ($daemon->sizes)[0]];
  if ($way eq 'replace') { $self->replace($daemon); return }
  my $began = time;
  $daemon->{metrics} = {};
  push @{$daemon->{gaps}}, [$began, undef, undef];
  shift @{$daemon->{gaps}} if @{$daemon->{gaps}} > 5;
  kill $way eq 'term' ? 'TERM' : 'KILL', $daemon->{pid};
  my $old = $daemon->{pid};
  $daemon->{next_step} = sub {
    my $took = time - $began;
    if (waitpid($old, WNOHANG) == 0) {
      if ($took > 15) { $daemon->bad("does not end on SIGTERM"); kill 'KILL', $old }
      return;
    }
    if ($way eq 'term') {
      $daemon->bad("ends on SIGTERM with wait status $?") if $?;
      $daemon->{longestStop} = $took if $took > $daemon->{longestStop};
      $daemon->bad(sprintf 'needs %.1f s to end on SIGTERM', $took)
        if $took > Daemon::STOP_BOUND() + 3 * $self->{lateness}->();
    }
    $daemon->start;
    $daemon->{gaps}[-1][2] = time;
    $self->await_start($daemon, $daemon->{startedAt});
  };
}

# Ready, and an answer has been seen.
sub await_start {
  my ($self, $daemon, $began) = @_;
  $daemon->{failOpen} = {};
  $daemon->{next_step} = sub {
    my $isAnswering = !@{$daemon->{gaps}} || defined $daemon->{gaps}[-1][1];
    if (!$daemon->is_running) { $daemon->bad('ended after the start'); $self->{isBroken} = 1 }
    elsif (!$daemon->{isReady} || !$isAnswering) {
      return if time - $began < Daemon::START_PATIENCE() + 3 * $self->{lateness}->();
      $daemon->bad('does not answer after a restart');
      $self->{isBroken} = 1;
    }
    delete $daemon->{next_step};
    over($daemon);
  };
}

# The new process takes over from the old one; no query may be lost.
sub replace {
  my ($self, $daemon) = @_;
  my $old = $daemon->{pid};
  my $began = time;
  $daemon->start('--replace');
  $daemon->{next_step} = sub {
    if (!$daemon->is_running) { $daemon->bad('ended while it took over'); $self->{isBroken} = 1 }
    elsif (waitpid($old, WNOHANG) == 0) {
      return if time - $began < Daemon::START_PATIENCE() + 3 * $self->{lateness}->();
      $daemon->bad('the replaced process has not ended');
      kill 'KILL', $old;
    }
    elsif ($?) { $daemon->bad("the replaced process ended with wait status $?") }
    $self->await_start($daemon, $began);
  };
}

# --- hostile clients ---

sub hostile {
  my ($self) = @_;
  my $draw = $self->{hostileDraw};
  my $daemon = $self->{daemons}[$draw->(scalar @{$self->{daemons}})];
  return if $daemon->{busy} && $daemon->{busy} =~ /^restart/;
  my @kinds = qw(noise noise mutated mutated tcp_noise tcp_silent http_noise http_silent control_noise);
  my $kind = $kinds[$draw->(scalar @kinds)];
  $self->{counts}{"hostile"}++;
  my $host = $daemon->{addresses}[$draw->(2)];
  if ($kind eq 'noise' || $kind eq 'mutated') {
    my $socket = IO::Socket::IP->new(PeerHost => $host, PeerPort => 53, Proto => 'udp', Type => Socket::SOCK_DGRAM())
      or return;
    $socket->blocking(0);
    for (1 .. 20) {
      my $packet = $kind eq 'noise' ? noise(int rand 600) : pack('n6', rand 65536, 0x0100, 1, 0, 0, 1)
        . "\4mail\4soak\7example\0" . pack('nnCnnNn', 1, 1, 0, 41, 1232, 0, 0);
      if ($kind eq 'mutated') { substr $packet, 2 + rand(length($packet) - 2), 1, chr rand 256 for 1 .. 1 + rand 4 }
      send $socket, $packet, 0;
    }
    return;
  }
  my $socket = $kind eq 'control_noise' ? IO::Socket::UNIX->new(Peer => "$daemon->{folder}/control")
    : $kind =~ /^http/ ? IO::Socket::IP->new(PeerHost => $daemon->{addresses}[0], PeerPort => 8053, Timeout => 1)
    : IO::Socket::IP->new(PeerHost => $host, PeerPort => 53, Timeout => 1);
  return if !$socket;
  $socket->blocking(0);
  local $SIG{PIPE} = 'IGNORE';
  syswrite $socket, pack('n', int rand 65536) . noise(int rand 300) if $kind eq 'tcp_noise';
  syswrite $socket, "GET /status.json HTTP/1.1\r\nHost: " . noise(int rand 5000) if $kind =~ /http_noise|control_noise/;
  syswrite $socket, "GET /metrics HTTP/1.1\r\n" if $kind eq 'http_silent';
  # Kept open for a while, and never read.
  push @{$self->{open}}, [$socket, time + rand 30];
  @{$self->{open}} = grep { $_->[1] > time } @{$self->{open}};
  shift @{$self->{open}} while @{$self->{open}} > 60;
}

sub noise { my ($length) = @_; return join '', map { chr int rand 256 } 1 .. $length }

1;
