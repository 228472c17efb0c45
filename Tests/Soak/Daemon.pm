# One Rondo of the soak: its files, its process, its commands, its log, and what it may answer at which moment.
package Daemon;
use strict;
use warnings;
no warnings 'exec';
use POSIX qw(WNOHANG);
use Time::HiRes qw(time);

use constant {
  COMMAND_PATIENCE => 30,   # seconds
  START_PATIENCE => 20,
  LONGEST_HOLD => 620,      # a node that swings up and down is held for 600 s at most, and is back two results later
  STOP_BOUND => 2.5,        # SIGTERM ends it within two seconds
  SETTLE => 0.2,            # how long after a command's end an answer may still be the one from before
};

# name, rondo (the binary), folder, addresses (IPv4, IPv6), nodes (all there can be), detection (seconds),
# lateness (how late this process itself has been of late), note (called with what is said of it).
sub new {
  my ($class, %arguments) = @_;
  my $self = bless {
    %arguments, configurations => [], number => 0, serial => 1, drained => {}, gaps => [], commands => [], faults => {},
    samples => [], starts => 0, failOpen => {}, failOpens => 0, isolations => 0, logAt => 0, served => {}, counts => {},
    longestGap => 0, longestStop => 0, excused => {}, downAt => {}, freedAt => {}, expected => [], lives => [],
  }, $class;
  mkdir $self->{folder} or die "$self->{folder}: $!\n";
  mkdir "$self->{folder}/state" or die "$self->{folder}/state: $!\n";
  chmod 0755, $self->{folder};
  chown 65534, 65534, $self->{folder}, "$self->{folder}/state";
  return $self;
}

# --- files ---

# Writes a zone config file with these nodes (their numbers) and this TTL.
sub write_zone {
  my ($self, $configuration, $broken) = @_;
  my $serial = ++$self->{serial};
  my $names = join ' ', map { "ex$_" } @{$configuration->{nodes}};
  my $text = "\$ORIGIN soak.example.\n\$TTL 1h\n";
  $text .= "\$NODE ex$_ $self->{nodes}{$_}{ipv4} $self->{nodes}{$_}{ipv6}\n" for @{$configuration->{nodes}};
  $text .= <<"END_OF_ZONE";
\$CHECK web http:8080/health every=1s timeout=1s fall=2 rise=2
\$CHECK mta smtp:2525 every=1s timeout=1s fall=2 rise=2 watch=on
\$CHECK program exec:/bin/true every=10s
\$POOL access $names check=web warn=program
\$POOL relay $names check=mta
@ SOA ns1 hostmaster ( $serial 1h 15m 1w 5 )
@ NS ns1
@ NS ns2
@ MX 10 smtp
@ TXT "v=spf1 mx -all"
ns1 A 127.0.0.53
ns1 AAAA fd53::53
ns2 A 127.0.0.54
ns2 AAAA fd53::54
mail $configuration->{ttl} ROTATE access
autodiscover $configuration->{ttl} ROTATE access
smtp $configuration->{ttl} ROTATE relay
_submission._tcp SRV 0 0 587 smtp
END_OF_ZONE
  $text .= "$broken\n" if defined $broken;
  my $path = "$self->{folder}/mail.zone";
  open my $file, '>', "$path.new" or die "$path.new: $!\n";
  print $file $text;
  close $file or die "$path.new: $!\n";
  rename "$path.new", $path or die "$path: $!\n";
}

# From now on both this configuration and the one before may be answered, until `settled`.
sub offer {
  my ($self, $configuration) = @_;
  my %allowed;
  for my $number (@{$configuration->{nodes}}) { $allowed{$self->{nodes}{$number}{$_}} = $number for qw(ipv4 ipv6) }
  push @{$self->{configurations}}, {%$configuration, number => ++$self->{number}, allowed => \%allowed, from => time};
}

# The last one offered is in force (or, if it was refused, it never will be).
sub settled {
  my ($self, $isTaken) = @_;
  my $all = $self->{configurations};
  if (!$isTaken) { pop @$all; return }
  my $now = time;
  $_->{until} //= $now + SETTLE for @{$all}[0 .. $#$all - 1];
  shift @$all while @$all > 1 && defined $all->[0]{until} && $all->[0]{until} < $now - 30;
  my $current = $all->[-1];
  my %has = map { $_ => 1 } @{$current->{nodes}};
  delete $self->{drained}{$_} for grep { !$has{$_} } keys %{$self->{drained}};
  for my $number (keys %{$self->{nodes}}) {
    if (!$has{$number}) { delete $self->{served}{$number} }
    else { $self->{served}{$number} //= $now }
  }
}

sub configuration { return $_[0]{configurations}[-1] }

# --- what may be answered ---

# What is wrong with the addresses of an answer, asked for at `sent` and here at `now`; undef if nothing.
sub fault {
  my ($self, $said, $pool, $sent, $now) = @_;
  my ($isAllowed, $why);
  for my $configuration (reverse @{$self->{configurations}}) {
    next if $configuration->{from} > $now || (defined $configuration->{until} && $configuration->{until} < $sent);
    $why = $said->{allowed}{$configuration->{number}} //= allowed($said, $configuration);
    if ($why eq 'yes') { $isAllowed = 1; last }
  }
  return $why // 'no configuration' if !$isAllowed;
  for my $number (keys %{$self->{drained}}) {
    my $drain = $self->{drained}{$number};
    return 'a drained node' if $sent >= $drain->{from} && $now <= $drain->{until} && $self->has($said, $number);
  }
  for my $number (@{$self->{expected}}) {
    return "the healthy node ex$number is missing" if !$self->has($said, $number);
  }
  return undef if $self->{failOpen}{$pool};
  for my $number (@{$self->{faulty}}) {
    my $node = $self->{nodes}{$number};
    next if !$self->has($said, $number);
    # Detection begins anew with the process and with the node's place in the configuration.
    my $since = $node->{faultySince};
    for my $other ($self->{served}{$number} // 0, $self->{readyAt} // 0) { $since = $other if $other > $since }
    return "a dead node ($node->{fault})" if $sent > $since + $self->{detection} + 3 * $self->{lateness}->();
  }
  return undef;
}

sub has {
  my ($self, $said, $number) = @_;
  return $said->{has}{$self->{nodes}{$number}{ipv4}} || $said->{has}{$self->{nodes}{$number}{ipv6}};
}

# Notes which nodes every answer has to have: they have been healthy, served and free for long enough.
sub expect {
  my ($self, $now) = @_;
  my @expected;
  for my $number (@{$self->configuration->{nodes}}) {
    my $node = $self->{nodes}{$number};
    next if $node->{fault} || $self->{drained}{$number} || $now - $node->{healedAt} < LONGEST_HOLD && $node->{healedAt};
    my @changes = ($self->{served}{$number} // $now, $self->{readyAt} // $now, $self->{freedAt}{$number} // 0);
    next if grep { $now - $_ < 10 } @changes;
    next if $now - ($self->{downAt}{$number} // 0) < LONGEST_HOLD;
    push @expected, $number;
  }
  # A reload or a drain that is under way may take any of them out.
  my $isMoving = ($self->{busy} // '') =~ /^(reload|hup|drain|restart)/ || $now < ($self->{calmAt} // 0);
  $self->{expected} = $isMoving ? [] : \@expected;
  $self->{calmAt} = $now + 2 if $self->{busy};
}

sub allowed {
  my ($said, $configuration) = @_;
  return "TTL $said->{ttl}" if $said->{ttl} != $configuration->{ttl};
  for my $address (@{$said->{addresses}}) { return "an unknown address" if !$configuration->{allowed}{$address} }
  return 'yes';
}

# Whether a query sent at this moment may go unanswered: the gap of a restart without a handover.
sub isGap {
  my ($self, $sent) = @_;
  for my $gap (@{$self->{gaps}}) { return 1 if $sent >= $gap->[0] - 0.1 && (!defined $gap->[1] || $sent <= $gap->[1]) }
  return 0;
}

# An answer has come: it ends a gap if it was asked for within it, after the new process began.
sub answered {
  my ($self, $sent, $now) = @_;
  my $gap = $self->{gaps}[-1];
  return if !$gap || defined $gap->[1] || !defined $gap->[2] || $sent < $gap->[2];
  $gap->[1] = $now;
  $self->{longestGap} = $now - $gap->[0] if $now - $gap->[0] > $self->{longestGap};
}

# --- the process ---

sub start {
  my ($self, @options) = @_;
  my $log = "$self->{folder}/log";
  my $pid = fork // die "fork: $!\n";
  if (!$pid) {
    open STDERR, '>>', $log or die;
    open STDOUT, '>', '/dev/null' or die;
    open STDIN, '<', '/dev/null' or die;
    exec $self->{rondo}, 'serve', (map { ('--listen', $_) } @{$self->{addresses}}), '--status',
      "$self->{addresses}[0]:8053", '--control', "$self->{folder}/control", '--state', "$self->{folder}/state",
      '--user', 'nobody', '--threads', '2', '--nsid', $self->{name}, '--transfer-allow', '127.0.0.0/8', @options,
      "$self->{folder}/mail.zone";
    POSIX::_exit(127);
  }
  $self->{starts}++;
  $self->{startedAt} = time;
  $self->{isReady} = 0;
  return $self->{pid} = $pid;
}

sub is_running { my ($self) = @_; return $self->{pid} && waitpid($self->{pid}, WNOHANG) == 0 }

sub bad {
  my ($self, $what) = @_;
  $self->{faults}{$what}++;
  $self->{note}->("FAULT $self->{name}: $what");
}

# The lines of the log since the last look.
sub read_log {
  my ($self) = @_;
  open my $file, '<', "$self->{folder}/log" or return;
  seek $file, $self->{logAt}, 0;
  while (my $line = <$file>) {
    last if $line !~ /\n$/;
    $self->{logAt} = tell $file;
    my ($level, $event, $rest) = $line =~ /^\S+Z (\w+) (\S+) ?(.*)/ or do { $self->bad("log: $line"); next };
    my %key = $rest =~ /([a-z_]+)=("(?:[^"\\]|\\.)*"|\S+)/g;
    $self->{events}{$event}++;
    if ($event eq 'ready') { $self->{isReady} = 1; $self->{readyAt} = time }
    elsif ($event eq 'pool-fail-open') { $self->{failOpens}++; $self->{failOpen}{$key{pool} // ''} = 1 }
    elsif ($event eq 'pool-fail-open-over') { delete $self->{failOpen}{$key{pool} // ''} }
    elsif ($event eq 'address-down') { $self->called_down(($key{node} // '') =~ /(\d+)/, $rest) }
    elsif ($event eq 'isolated') { $self->{isolations}++ }
    elsif ($event =~ /^reload-(ok|refused)$/) {
      $self->{reloads}{$1}++;
      $self->{lastSignal} = $1 if ($key{by} // '') eq 'SIGHUP';
    }
    if ($event =~ /^(check-cannot-run|state-not-kept)$/ && $self->{lateness}->() > 1) {
      # A disk that hangs for this script too.
      $self->{excused}{$event}++;
    }
    elsif ($event =~ /^(worker-fault|worker-stuck|log-lines-lost|history-cut|state-set-aside|state-not-kept)$/) {
      $self->bad("log: $event $rest");
    }
    elsif ($level eq 'error' && $event !~ /^(config-error|reload-refused|attention|status)$/) {
      $self->bad("log: $event $rest");
    }
  }
}

# A node that works, or has worked again for 3 s, is not to be called down.
sub called_down {
  my ($self, $number, $rest) = @_;
  my $node = $self->{nodes}{$number};
  my $now = time;
  return if $node->{fault} || $now - $node->{healedAt} < 3 + 3 * $self->{lateness}->();
  $self->{downAt}{$number} = $now;
  if ($self->{lateness}->() > 0.2) { $self->{excused}{'nodes that work called down'}++ }
  else { $self->bad("calls down a node that works: $rest") }
}

# Memory and threads of the process: (RSS in KiB, descriptors, threads).
sub sizes {
  my ($self) = @_;
  open my $file, '<', "/proc/$self->{pid}/status" or return;
  my ($resident, $threads);
  while (<$file>) {
    $resident = $1 if /^VmRSS:\s+(\d+)/;
    $threads = $1 if /^Threads:\s+(\d+)/;
  }
  return if !defined $resident;
  opendir my $folder, "/proc/$self->{pid}/fd" or return;
  my $descriptors = grep { !/^\./ } readdir $folder;
  return ($resident, $descriptors, $threads);
}

# --- commands ---

# Runs a command of this daemon in the background; `then` gets its exit status and output.
sub command {
  my ($self, $words, $then) = @_;
  my $output = "$self->{folder}/command." . ++$self->{commandNumber};
  my $pid = fork // die "fork: $!\n";
  if (!$pid) {
    open STDOUT, '>', $output or die;
    open STDERR, '>&', \*STDOUT or die;
    open STDIN, '<', '/dev/null' or die;
    exec @$words;
    POSIX::_exit(127);
  }
  push @{$self->{commands}}, {pid => $pid, output => $output, words => "@$words", began => time, then => $then};
}

sub rondo {
  my ($self, $then, $command, @words) = @_;
  my @where = $command =~ /^(status|events)$/ ? ('--status', "$self->{addresses}[0]:8053")
    : $command =~ /^query$/ ? () : ('--control', "$self->{folder}/control");
  $self->{counts}{$command}++;
  $self->command([$self->{rondo}, $command, @words, @where], $then);
}

# Commands that have ended, and those that take too long.
sub reap {
  my ($self) = @_;
  my @open;
  for my $command (@{$self->{commands}}) {
    if (waitpid($command->{pid}, WNOHANG) == 0) {
      if (time - $command->{began} > COMMAND_PATIENCE + 3 * $self->{lateness}->() && !$command->{isLate}++) {
        kill 'KILL', $command->{pid};
        $self->bad("$command->{words}: not done after " . COMMAND_PATIENCE . ' s');
      }
      push @open, $command;
      next;
    }
    my $status = $? & 127 ? 128 + ($? & 127) : $? >> 8;
    my $said = '';
    if (open my $file, '<', $command->{output}) { read $file, $said, 1_000_000 }
    unlink $command->{output};
    push @{$self->{done}}, [$command, $status, $said];
  }
  $self->{commands} = \@open;
  while (my $done = shift @{$self->{done}}) { $done->[0]{then}->($done->[1], $done->[2]) }
}

1;
