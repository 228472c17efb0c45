# The load of the soak: queries over UDP and TCP at a steady rate, and a look at every answer.
#
# Data flow: query kinds -> packets -> replies -> what a reply says (cached by its octets) -> verdict of the daemon's
# `allows`, counts of first places.
package Load;
use strict;
use warnings;
use IO::Socket::IP;
use Socket qw(inet_ntop AF_INET AF_INET6);
use Time::HiRes qw(time);

use constant {
  UDP_SOCKETS => 4,         # for each daemon and family
  TCP_CONNECTIONS => 1,     # likewise
  QUERIES_A_CONNECTION => 200,
  TCP_PART => 0.1,
  PATIENCE => 5,            # seconds after which a query without a reply is lost
  MOST_CACHED => 20000,
};

my %type = (A => 1, NS => 2, SOA => 6, MX => 15, TXT => 16, AAAA => 28, SRV => 33);

# Name, type, weight, and what is right: `rotate` with a pool, `static` with a count, or an RCODE without records.
my @asked = (
  ['mail', 'A', 6, 'rotate', 'access'], ['mail', 'AAAA', 6, 'rotate', 'access'],
  ['autodiscover', 'A', 3, 'rotate', 'access'], ['autodiscover', 'AAAA', 3, 'rotate', 'access'],
  ['smtp', 'A', 4, 'rotate', 'relay'], ['smtp', 'AAAA', 4, 'rotate', 'relay'],
  ['', 'MX', 1, 'static', 1], ['', 'TXT', 1, 'static', 1], ['', 'SOA', 1, 'static', 1], ['', 'NS', 1, 'static', 2],
  ['ns1', 'A', 1, 'static', 1], ['_submission._tcp', 'SRV', 1, 'static', 1],
  ['nosuch', 'A', 1, 'empty', 3], ['mail', 'TXT', 1, 'empty', 0], ['www.elsewhere.test.', 'A', 1, 'empty', 5],
);

sub new {
  my ($class, %arguments) = @_;
  my $self = bless {
    %arguments, kinds => [], udp => [], tcp => [], owed => 0, cache => {},
    sent => 0, answered => 0, lost => 0, gap => 0, wrong => {}, fair => {}, minuteFair => {}, examples => [],
  }, $class;
  for my $row (@asked) {
    my ($name, $type, $weight, $right, $detail) = @$row;
    my $full = $name =~ /\.$/ ? $name : ($name eq '' ? '' : "$name.") . 'soak.example.';
    my $question = join('', map { chr(length) . $_ } split /\./, $full) . pack('Cnn', 0, $type{$type}, 1);
    my $kind = {
      label => "$full $type", type => $type{$type}, right => $right, detail => $detail,
      plain => pack('n5', 0x0000, 1, 0, 0, 0) . $question,
      edns => pack('n5', 0x0000, 1, 0, 0, 1) . $question . pack('CnnNn', 0, 41, 1232, 0, 0),
      answers => 12 + length $question, question => $question,
    };
    push @{$self->{kinds}}, ($kind) x $weight;
  }
  my $asker = 1;
  for my $daemon (@{$self->{daemons}}) {
    for my $family (0, 1) {
      for (1 .. UDP_SOCKETS) {
        my $local = $family ? 'fd53::2:' . $asker++ : '127.0.2.' . $asker++;
        my $socket = IO::Socket::IP->new(LocalHost => $local, Proto => 'udp', Type => Socket::SOCK_DGRAM())
          or die "$local: $@\n";
        $socket->blocking(0);
        my ($error, $to) = Socket::getaddrinfo($daemon->{addresses}[$family], 53,
          {socktype => Socket::SOCK_DGRAM(), flags => Socket::AI_NUMERICHOST()});
        die "$daemon->{addresses}[$family]: $error\n" if $error;
        push @{$self->{udp}}, {socket => $socket, to => $to->{addr}, daemon => $daemon, id => 0, open => {}};
      }
      push @{$self->{tcp}}, {daemon => $daemon, address => $daemon->{addresses}[$family], id => 0, open => {}}
        for 1 .. TCP_CONNECTIONS;
    }
  }
  return $self;
}

# Reads what has come, then sends what is due since the last step. Times are in seconds.
sub step {
  my ($self, $now, $since) = @_;
  $self->read_udp($_, $now) for @{$self->{udp}};
  $self->read_tcp($_, $now) for @{$self->{tcp}};
  return if $self->{isOver};
  $self->{owed} += $self->{rate} * ($since > 0.1 ? 0.1 : $since);
  while ($self->{owed} >= 1) {
    $self->{owed}--;
    my $kind = $self->{kinds}[rand @{$self->{kinds}}];
    if (rand() < TCP_PART) { $self->send_tcp($self->{tcp}[rand @{$self->{tcp}}], $kind, $now) }
    else { $self->send_udp($self->{udp}[rand @{$self->{udp}}], $kind, $now) }
  }
}

sub send_udp {
  my ($self, $way, $kind, $now) = @_;
  my $id = $way->{id} = ($way->{id} + 1) & 0xFFFF;
  return if $way->{open}{$id};
  my $sent = send $way->{socket}, pack('n', $id) . $kind->{rand() < 0.5 ? 'plain' : 'edns'}, 0, $way->{to};
  return if !$sent;
  $self->{sent}++;
  $way->{open}{$id} = [$kind, $now];
}

sub read_udp {
  my ($self, $way, $now) = @_;
  my $reply;
  for (1 .. 5000) {
    last if !defined recv $way->{socket}, $reply, 4096, 0;
    next if length $reply < 12;
    my $open = delete $way->{open}{unpack 'n', $reply} or next;
    $self->look($way->{daemon}, $open->[0], $reply, $open->[1], time);
  }
}

sub send_tcp {
  my ($self, $way, $kind, $now) = @_;
  if (!$way->{socket} || $way->{used} >= QUERIES_A_CONNECTION) {
    return if $way->{socket} && %{$way->{open}};
    close $way->{socket} if $way->{socket};
    my $socket = IO::Socket::IP->new(PeerHost => $way->{address}, PeerPort => 53, Timeout => 2);
    $way->{socket} = $socket;
    if (!$socket) { $self->{sent}++; $self->miss($way->{daemon}, $kind, $now, 'TCP refused'); return }
    $socket->blocking(0);
    $way->{used} = 0;
    $way->{received} = '';
  }
  my $id = $way->{id} = ($way->{id} + 1) & 0xFFFF;
  my $query = pack('n', $id) . $kind->{edns};
  $self->{sent}++;
  $way->{used}++;
  $way->{open}{$id} = [$kind, $now];
  local $SIG{PIPE} = 'IGNORE';
  my $written = syswrite $way->{socket}, pack('n', length $query) . $query;
  $self->break_tcp($way, $now, 'TCP write') if !defined $written || $written != 2 + length $query;
}

sub read_tcp {
  my ($self, $way, $now) = @_;
  return if !$way->{socket};
  my $count = sysread $way->{socket}, $way->{received}, 65536, length $way->{received};
  if (defined $count ? $count == 0 : !$!{EAGAIN}) { $self->break_tcp($way, $now, 'TCP closed'); return }
  while (length $way->{received} >= 2) {
    my $length = unpack 'n', $way->{received};
    last if length $way->{received} < 2 + $length;
    my $reply = substr $way->{received}, 2, $length;
    substr $way->{received}, 0, 2 + $length, '';
    my $open = delete $way->{open}{unpack 'n', $reply} or next;
    $self->look($way->{daemon}, $open->[0], $reply, $open->[1], time);
  }
}

# A server may close a connection at any time (RFC 7766); what was asked on it and not answered is lost.
sub break_tcp {
  my ($self, $way, $now, $why) = @_;
  close $way->{socket};
  delete $way->{socket};
  my $open = $way->{open};
  $way->{open} = {};
  $self->miss($way->{daemon}, $_->[0], $_->[1], $why) for values %$open;
}

# What has had no reply for too long, once a second.
sub expire {
  my ($self, $now) = @_;
  my $patience = PATIENCE + $self->{lateness}->();
  for my $way (@{$self->{udp}}, @{$self->{tcp}}) {
    for my $id (keys %{$way->{open}}) {
      my $open = $way->{open}{$id};
      next if $now - $open->[1] < $patience;
      delete $way->{open}{$id};
      $self->miss($way->{daemon}, $open->[0], $open->[1], 'no reply');
    }
  }
}

sub pending {
  my ($self) = @_;
  my $count = 0;
  $count += keys %{$_->{open}} for @{$self->{udp}}, @{$self->{tcp}};
  return $count;
}

sub miss {
  my ($self, $daemon, $kind, $sent, $why) = @_;
  if ($daemon->isGap($sent)) { $self->{gap}++; return }
  # A server that was held up for as long as this script ends connections that have been idle meanwhile.
  if ($why =~ /^TCP/ && $self->{lateness}->() > 5) { $daemon->{excused}{$why}++; return }
  $self->{lost}++;
  $self->example("lost: $daemon->{name} $kind->{label}: $why, sent at " . main::clock($sent));
}

sub example {
  my ($self, $text) = @_;
  push @{$self->{examples}}, $text if @{$self->{examples}} < 20;
}

sub wrong {
  my ($self, $daemon, $kind, $what, $sent) = @_;
  $self->{note}->("WRONG $daemon->{name} $kind->{label}: $what") if ++$self->{wrong}{$what} == 1;
  $self->example("wrong: $daemon->{name} $kind->{label}: $what, sent at " . main::clock($sent));
}

sub look {
  my ($self, $daemon, $kind, $reply, $sent, $now) = @_;
  $self->{answered}++;
  $daemon->answered($sent, $now);
  my $octets = substr $reply, 2;
  my $said = $self->{cache}{$octets};
  if (!$said) {
    $self->{cache} = {} if keys %{$self->{cache}} >= MOST_CACHED;
    $said = $self->{cache}{$octets} = $self->read_reply($kind, $reply);
  }
  if ($said->{fault}) { $self->wrong($daemon, $kind, $said->{fault}, $sent); return }
  return if $kind->{right} ne 'rotate';
  my $fault = $daemon->fault($said, $kind->{detail}, $sent, $now);
  $self->wrong($daemon, $kind, $fault, $sent) if $fault;
  for my $counts ($self->{fair}, $self->{minuteFair}) {
    my $set = $counts->{"$daemon->{name} $kind->{detail} $said->{set}"} //= {};
    $set->{$said->{addresses}[0]}++;
  }
}

# What a reply says: `fault`, or for a rotated name `addresses` in their order, `has`, `ttl` and `set`.
sub read_reply {
  my ($self, $kind, $reply) = @_;
  my ($id, $flags, $questions, $count) = unpack 'n4', $reply;
  return {fault => 'no response'} if !($flags & 0x8000);
  return {fault => 'truncated'} if $flags & 0x0200;
  my $rcode = $flags & 15;
  if ($kind->{right} eq 'empty') {
    return {fault => "RCODE $rcode instead of $kind->{detail}"} if $rcode != $kind->{detail};
    return {fault => 'records instead of none'} if $count;
    return {};
  }
  return {fault => "RCODE $rcode"} if $rcode;
  return {fault => 'not authoritative'} if !($flags & 0x0400);
  return {fault => 'NOERROR without records'} if !$count;
  return {fault => 'another question'} if substr($reply, 12, length $kind->{question}) ne $kind->{question};
  if ($kind->{right} eq 'static') { return $count == $kind->{detail} ? {} : {fault => "$count records"} }
  my (@addresses, %has, $ttl);
  my $at = $kind->{answers};
  for (1 .. $count) {
    my ($owner, $type, $class, $thisTTL, $length) = unpack 'nnnNn', substr $reply, $at, 12;
    return {fault => 'a record of another kind'} if $owner != 0xC00C || $type != $kind->{type} || $class != 1;
    my $address = inet_ntop($type == 1 ? AF_INET : AF_INET6, substr $reply, $at + 12, $length);
    return {fault => 'an address twice'} if $has{$address}++;
    push @addresses, $address;
    return {fault => 'two TTLs'} if defined $ttl && $ttl != $thisTTL;
    $ttl = $thisTTL;
    $at += 12 + $length;
  }
  return {addresses => \@addresses, has => \%has, ttl => $ttl, set => join ' ', sort keys %has};
}

# How far the shares of first places are from even, at worst: (deviation beyond chance, the set), for sets with at least
# `least` answers. Chance is four standard deviations of a fair draw.
sub unevenness {
  my ($self, $counts, $least) = @_;
  my ($worst, $where, $judged) = (0, '', 0);
  for my $key (keys %$counts) {
    my (undef, undef, @addresses) = split ' ', $key;
    my $total = 0;
    $total += $_ for values %{$counts->{$key}};
    next if $total < $least || @addresses < 2;
    $judged++;
    my $even = 1 / @addresses;
    my $chance = 4 * sqrt($even * (1 - $even) / $total);
    for my $address (@addresses) {
      my $off = abs(($counts->{$key}{$address} // 0) / $total - $even) - $chance;
      next if $off <= $worst;
      $worst = $off;
      $where = "$key: of $total " . join ' ', map { "$_ " . ($counts->{$key}{$_} // 0) } @addresses;
    }
  }
  return ($worst, $where, $judged);
}

# Shares of the set that was answered most: "ex1 16.6 ex2 16.7".
sub shares {
  my ($self, $counts, $nameOf) = @_;
  my ($most, $best) = (0);
  for my $set (values %$counts) {
    my $total = 0;
    $total += $_ for values %$set;
    ($most, $best) = ($total, $set) if $total > $most;
  }
  return '-' if !$most;
  return join ' ', map { sprintf '%s %.1f', $nameOf->{$_} // $_, 100 * $best->{$_} / $most } sort keys %$best;
}

1;
