import { Select, type SelectProps } from '@mantine/core';

interface FilterSelectProps extends Pick<SelectProps, 'data' | 'searchable' | 'w'> {
  label: string;
  /** The filter as it stands in the address. */
  value: string | undefined;
  /** Empty for no filter. */
  onFilter: (value: string) => void;
}

/** A filter of a list with its values to choose from. */
export function FilterSelect({ label, value, onFilter, ...rest }: FilterSelectProps) {
  return (
    <Select
      {...rest}
      label={label}
      placeholder="Any"
      clearable
      clearButtonProps={{ 'aria-label': `Any ${label.toLowerCase()}` }}
      value={value ?? null}
      onChange={(chosen) => onFilter(chosen ?? '')}
    />
  );
}
