# Asks several DNS servers the same questions ten times a second, and prints a line for each reply:
#
#   TIME SERVER NAME TYPE RESULT MILLISECONDS
#
# RESULT is the nodes whose addresses are in the answer, as in ex1,ex2; NODATA if there is a SOA instead; or what went
# wrong: EMPTY, SERVFAIL, NXDOMAIN, RCODEn, malformed, or silence after 2.5 s.
#
#   perl watch.pl SERVER=ADDRESS... -- NODE=ADDRESS... -- NAME/TYPE...
use strict;
use warnings;
use IO::Socket::IP;
use Socket qw(inet_ntop AF_INET AF_INET6 SOCK_DGRAM);
use Time::HiRes qw(time);

my $patience = 2.5;
my %number = (A => 1, AAAA => 28);
my @parts = ([], [], []);
my $part = 0;
for (@ARGV) { if ($_ eq '--') { $part++ } else { push @{$parts[$part]}, $_ } }
my %node = map { my ($name, $address) = split /=/; ($address => $name) } @{$parts[1]};
my @questions = map { my ($name, $type) = split m{/}; { name => $name, type => $type } } @{$parts[2]};
my @servers = map {
  my ($name, $address) = split /=/;
  my $socket = IO::Socket::IP->new(PeerHost => $address, PeerPort => 53, Type => SOCK_DGRAM) or die "$name: $@";
  $socket->blocking(0);
  { name => $name, socket => $socket, waiting => {} }
} @{$parts[0]};
my ($identifier, $next) = (int rand 65536, time);
$| = 1;

while (1) {
  my $now = time;
  if ($now >= $next) {
    ask($_, $now) for @servers;
    $next = $now + 0.1;
  }
  my $bits = '';
  vec($bits, fileno $_->{socket}, 1) = 1 for @servers;
  my $pause = $next - time;
  select my $ready = $bits, undef, undef, $pause > 0 ? $pause : 0;
  hear($_) for grep { vec $ready, fileno $_->{socket}, 1 } @servers;
}

sub ask {
  my ($server, $now) = @_;
  my $waiting = $server->{waiting};
  for my $id (grep { $now - $waiting->{$_}{time} > $patience } keys %$waiting) {
    note($server, delete $waiting->{$id}, 'silence');
  }
  for my $question (@questions) {
    my $id = $identifier = ($identifier + 1) % 65536;
    my $query = pack('n6', $id, 0x0100, 1, 0, 0, 0)
      . join('', map { chr(length) . $_ } split /\./, $question->{name}) . pack('Cnn', 0, $number{$question->{type}}, 1);
    send $server->{socket}, $query, 0;
    $waiting->{$id} = { question => $question, time => $now };
  }
}

sub hear {
  my ($server) = @_;
  while (defined recv $server->{socket}, my $reply, 4096, 0) {
    next if length $reply < 12;
    my $asked = delete $server->{waiting}{unpack 'n', $reply} or next;
    note($server, $asked, result($reply, $number{$asked->{question}{type}}));
  }
}

sub note {
  my ($server, $asked, $result) = @_;
  my $now = time;
  printf "%.3f %s %s %s %s %.1f\n", $now, $server->{name}, $asked->{question}{name}, $asked->{question}{type}, $result,
    1000 * ($now - $asked->{time});
}

sub result {
  my ($reply, $type) = @_;
  my ($flags, $answers, $authorities) = (unpack 'n6', $reply)[1, 3, 4];
  my $code = $flags & 15;
  return { 2 => 'SERVFAIL', 3 => 'NXDOMAIN' }->{$code} // "RCODE$code" if $code;
  my $at = skipName($reply, 12) + 4;
  my (@nodes, $hasSOA);
  for my $record (1 .. $answers + $authorities) {
    $at = skipName($reply, $at);
    return 'malformed' if $at + 10 > length $reply;
    my ($kind, undef, undef, $length) = unpack 'nnNn', substr $reply, $at, 10;
    $hasSOA = 1 if $kind == 6;
    if ($record <= $answers && $kind == $type) {
      my $address = inet_ntop $kind == 1 ? AF_INET : AF_INET6, substr $reply, $at + 10, $length;
      push @nodes, $node{$address} // $address;
    }
    $at += 10 + $length;
  }
  return @nodes ? join(',', sort @nodes) : $hasSOA ? 'NODATA' : 'EMPTY';
}

sub skipName {
  my ($reply, $at) = @_;
  while ($at < length $reply) {
    my $length = ord substr $reply, $at, 1;
    return $at + 1 if $length == 0;
    return $at + 2 if $length >= 0xC0;
    $at += 1 + $length;
  }
  return $at;
}
